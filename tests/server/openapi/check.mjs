// SPDX-License-Identifier: MIT
// Whether the OpenAPI document on standard input is one, as a public validator sees it.
import { Validator } from "@seriousme/openapi-schema-validator";
import fs from "node:fs";

const document = JSON.parse(fs.readFileSync(0, "utf8"));
const validator = new Validator();
const told = await validator.validate(document);

if (!told.valid || validator.version !== "3.1") {
    console.log(JSON.stringify(told.errors, null, 2)?.slice(0, 4000), validator.version);
    process.exit(1);
}

// What the validator does not look at: each operation has a name of its own, each reference leads
// somewhere, and each {id} of a path is told.
const names = new Set();
const missing = new Set();
const look = (node) => {
    if (Array.isArray(node)) node.forEach(look);
    else if (node && typeof node === "object") {
        if (typeof node.$ref === "string") {
            const there = node.$ref.slice(2).split("/").reduce((at, key) => at?.[key], document);
            if (there === undefined) missing.add(node.$ref);
        }
        Object.values(node).forEach(look);
    }
};
look(document);
for (const [path, methods] of Object.entries(document.paths))
    for (const operation of Object.values(methods)) {
        if (names.has(operation.operationId)) missing.add(`two ${operation.operationId}`);
        names.add(operation.operationId);
        const told = operation.parameters.some((p) => p.in === "path" && p.name === "id");
        if (told !== path.includes("{id}")) missing.add(`${path}: {id}`);
    }
if (missing.size > 0 || names.size < 500) {
    console.log([...missing].slice(0, 20), names.size);
    process.exit(1);
}
console.log(`${names.size} operations, ${Object.keys(document.paths).length} paths`);
