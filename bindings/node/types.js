#!/usr/bin/env node
// SPDX-License-Identifier: MIT
'use strict';
// Writes operations.d.ts, the declarations of all nouns and records, from the library that is
// installed: types.js [FILE]. With --quiet, when npm installs, no library is no fault.

const fs = require('node:fs');
const path = require('node:path');

const TYPES = {
  bool: 'boolean', int: 'number', real: 'number', id: 'Id', ref: 'Id', money: 'Amount',
  decimal: 'Amount', instant: 'Instant', date: 'string', time: 'string', duration: 'string',
  text: 'string', enum: 'string', bytes: 'string', filter: 'Filter', map: 'Record<string, any>',
};
/** What may be given where a value of the type is wanted. */
const GIVEN = {
  int: 'number | bigint', instant: 'Instant | Date', bytes: 'string | Uint8Array',
};
const HEAD = `// SPDX-License-Identifier: MIT
// Written by autocrm-types from the registry of the library.
/** UUID version 7 */
export type Id = string;
/** Decimal text: "1250000.50"; never a number, so that nothing is rounded */
export type Amount = string;
/** RFC 3339 in UTC, to the microsecond */
export type Instant = string;
export type Filter = Record<string, any>;
`;

const classOf = (word) => word.split('_').map((part) => part[0].toUpperCase() + part.slice(1))
  .join('');
const member = (name) => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name));

function typeOf(schema, given) {
  if (!schema) return 'any';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    if (name === 'filter') return 'Filter';
    return given ? 'Record<string, any>' : `${classOf(name)}Record`;
  }
  if (schema.enum) return schema.enum.filter((each) => each !== null).map((each) => JSON.stringify(each)).join(' | ');
  if (schema.items) return `(${typeOf(schema.items, given)})[]`;
  if (schema.properties) return `{ ${fields(schema, false)} }`;
  const kind = TYPES[schema['x-type']];
  if (kind) return (given && GIVEN[schema['x-type']]) || kind;
  const plain = [].concat(schema.type || [])[0];
  return { string: 'string', integer: 'number', boolean: 'boolean' }[plain] || 'any';
}

function fields(schema, given) {
  const required = new Set(schema.required || []);
  return Object.entries(schema.properties).map(([name, each]) => {
    const nullable = Array.isArray(each.type);
    const optional = given && !required.has(name) ? '?' : '';
    return `${member(name)}${optional}: ${typeOf(each, given)}${nullable ? ' | null' : ''};`;
  }).join(' ');
}

function write(registry) {
  const lines = [HEAD];
  Object.entries(registry.$defs).forEach(([name, schema]) => {
    if (name === 'filter' || name.endsWith('_input')) return;
    lines.push(`export interface ${classOf(name)}Record { ${fields(schema, false)} }`);
  });
  const nouns = {};
  registry.operations.forEach((operation) => {
    const [noun, verb] = operation.name.split('.');
    (nouns[noun] = nouns[noun] || []).push([verb, operation]);
  });
  const shapes = { '': (type) => `Promise<${type}>`, Sync: (type) => type };
  Object.entries(shapes).forEach(([prefix, result]) => {
    Object.entries(nouns).forEach(([noun, verbs]) => {
      lines.push(`export interface ${prefix}${classOf(noun)} {`);
      verbs.forEach(([verb, operation]) => {
        const optional = (operation.parameters.required || []).length ? '' : '?';
        lines.push(`  /** ${operation.help} */`,
          `  ${member(verb)}(args${optional}: { ${fields(operation.parameters, true)} }): ${result(typeOf(operation.result, false))};`);
        if (verb === 'list') {
          const walk = prefix ? 'Iterable' : 'AsyncIterable';
          lines.push('  /** Walk the list to its end. */', `  each(args?: { ${fields(operation.parameters, true)} }): ${walk}<${typeOf(operation.result.properties.items.items, false)}>;`);
        }
      });
      lines.push('}');
    });
    lines.push(`export interface ${prefix}Nouns {`,
      ...Object.keys(nouns).map((noun) => `  ${member(noun)}: ${prefix}${classOf(noun)};`), '}');
  });
  return `${lines.join('\n')}\n`;
}

function main(args) {
  const quiet = args.includes('--quiet');
  const file = args.find((each) => each !== '--quiet') || path.join(__dirname, 'operations.d.ts');
  try {
    const crm = require('./index.js').open('memory:');
    fs.writeFileSync(file, write(crm.describe()));
    crm.close();
  } catch (wrong) {
    process.stderr.write(`autocrm-types: nothing was written: ${wrong.message}\n`);
    process.exitCode = quiet ? 0 : 1;
  }
}

main(process.argv.slice(2));
