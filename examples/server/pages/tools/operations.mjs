// SPDX-License-Identifier: MIT
// Types and routes of the operations that the pages call, from the server's OpenAPI document:
// node operations.mjs OPENAPI.JSON SOURCE-FOLDER > operations.ts
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [document, folder] = process.argv.slice(2);
const api = JSON.parse(readFileSync(document, 'utf8'));

/** All sources but texts and what is written here. */
function sources(path) {
  return readdirSync(path, { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? entry.name === 'i18n' ? '' : sources(join(path, entry.name))
      : /\.tsx?$/.test(entry.name) && entry.name !== 'operations.ts'
        ? readFileSync(join(path, entry.name), 'utf8') : '').join('\n');
}

// Words like 'lead.list': those of them that are operations are wanted; so are entities imported.
const text = sources(folder);
const wanted = new Set((text.match(/'[a-z_0-9]+\.[a-z_0-9]+'/g) ?? []).map((word) =>
  word.slice(1, -1)));
const imported = new Set([...text.matchAll(/import type \{([^}]*)\} from '[./]+operations'/g)]
  .flatMap((found) => found[1].split(',').map((name) => name.trim())));

const entities = new Set();
const pascal = (name) => name.replace(/(^|_)([a-z])/g, (_all, _line, letter) =>
  letter.toUpperCase());

for (const name of Object.keys(api.components.schemas))
  if (imported.has(pascal(name)))
    entities.add(name);

function reference(path) {
  const name = path.split('/').pop();
  if (name === 'filter')
    return 'Filter';
  entities.add(name);
  return pascal(name);
}

/** The TypeScript type of a JSON schema. */
function type(schema) {
  if (!schema)
    return 'unknown';
  if (schema.$ref)
    return reference(schema.$ref);
  const options = schema.anyOf ?? schema.oneOf;
  if (options)
    return options.map(type).join(' | ');
  if (schema.enum)
    return schema.enum.map((one) => JSON.stringify(one).replace(/"/g, "'")).join(' | ');
  const names = {
    string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null',
    object: 'Record<string, unknown>',
    array: `${type(schema.items).replace(/^(.* \| .*)$/, '($1)')}[]`,
  };
  return [schema.type ?? []].flat().map((name) => names[name]).join(' | ') || 'unknown';
}

function members(properties, required, indent) {
  return Object.entries(properties).map(([name, schema]) =>
    `${indent}${name}${required.includes(name) ? '' : '?'}: ${type(schema)};\n`).join('');
}

function args(operation) {
  const body = operation.requestBody?.content?.['application/json']?.schema;
  const given = body?.$ref ? api.components.schemas[body.$ref.split('/').pop()] : body;
  const properties = { ...given?.properties };
  const required = [...given?.required ?? []];
  for (const { name, schema, content, required: must } of
    (operation.parameters ?? []).filter((p) => p.name)) { // without headers, which are references
    properties[name] = schema ?? content['application/json'].schema;
    if (must)
      required.push(name);
  }
  return members(properties, required, '      ');
}

function result(operation) {
  const schema = Object.entries(operation.responses).find(([code]) => code.startsWith('2'))?.[1]
    .content?.['application/json']?.schema;
  if (!schema?.properties)
    return type(schema);
  return `{\n${members(schema.properties, Object.keys(schema.properties), '      ')}    }`;
}

const found = [];
for (const [path, methods] of Object.entries(api.paths))
  for (const [method, operation] of Object.entries(methods))
    if (wanted.has(operation.operationId))
      found.push({ name: operation.operationId, method: method.toUpperCase(), path, operation });
found.sort((a, b) => a.name < b.name ? -1 : 1);

let out = '// SPDX-License-Identifier: MIT\n'
  + '// The operations that the pages call; written by tools/operations.mjs.\n'
  + 'export type Filter = Record<string, unknown>;\n\nexport interface Operations {\n';
for (const { name, operation } of found)
  out += `  /** ${operation.summary} */\n  '${name}': {\n    args: {\n${args(operation)}    };\n`
    + `    result: ${result(operation)};\n  };\n`;
out += '}\n\n/** Method and path of each. */\n'
  + 'export const ROUTES: Record<keyof Operations, readonly [string, string]> = {\n';
for (const { name, method, path } of found)
  out += `  '${name}': ['${method}', '${path}'],\n`;
out += '};\n';
for (let done = new Set(); done.size < entities.size;)
  for (const name of [...entities].filter((one) => !done.has(one))) {
    done.add(name);
    const { description, properties = {}, required = [] } = api.components.schemas[name] ?? {};
    const always = name.endsWith('_input') ? required : Object.keys(properties);
    out += `\n/** ${description ?? name} */\nexport interface ${pascal(name)} {\n`
      + `${members(properties, always, '  ')}}\n`;
  }
process.stdout.write(out);
