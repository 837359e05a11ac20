// Expressions as GitHub evaluates them, by GitHub's own library.

import { createHash } from 'node:crypto';
import { Evaluator, Lexer, Parser, data } from '@actions/expressions';

const STATUS = ['always', 'cancelled', 'failure', 'success'];
const CONTEXTS = ['github', 'inputs', 'vars', 'needs', 'strategy', 'matrix', 'secrets', 'steps', 'job', 'jobs', 'runner', 'env'];

/** Whether a condition says itself what it makes of earlier results; otherwise `success()` is put before it. */
export const hasStatus = (condition) => new RegExp(`\\b(${STATUS.join('|')})\\s*\\(`).test(condition);

/** @param status what success(), failure() and cancelled() say */
export function evaluate(expression, contexts, status = {}) {
  const functions = [
    ...STATUS.map((name) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(name === 'always' || status[name] === true) })),
    { name: 'hashFiles', minArgs: 1, maxArgs: 255, call: (...patterns) => new data.StringData(createHash('sha256').update(patterns.map((pattern) => pattern.coerceString()).join()).digest('hex')) },
  ];
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, CONTEXTS, functions).parse();
  const none = Object.fromEntries(CONTEXTS.map((name) => [name, {}]));
  const known = JSON.parse(JSON.stringify({ ...none, ...contexts }), data.reviver);
  return plain(new Evaluator(tree, known, new Map(functions.map((each) => [each.name.toLowerCase(), each]))).evaluate());
}

/** A text with expressions in it; one that is nothing but an expression keeps its type. */
export function fill(value, contexts, status) {
  if (Array.isArray(value)) return value.map((each) => fill(each, contexts, status));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, contexts, status)]));
  if (typeof value !== 'string') return value;
  const only = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(value);
  return only ? evaluate(only[1], contexts, status) : value.replace(/\$\{\{((?:(?!\}\}).)*)\}\}/gs, (_, expression) => text(evaluate(expression, contexts, status)));
}

/** As the runner hands a value to a process. */
export const text = (value) => (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** @param implied put before a condition that says nothing of earlier results */
export function holds(condition, contexts, status) {
  if (condition === undefined) return status.success;
  const expression = typeof condition === 'string' ? condition.replace(/^\s*\$\{\{|\}\}\s*$/g, '') : String(condition);
  // What stands behind `success() &&` is not even looked at.
  if (!hasStatus(expression) && !status.success) return false;
  const result = evaluate(expression, contexts, status);
  return result !== false && result !== null && result !== '' && result !== 0;
}

function plain(value) {
  return JSON.parse(JSON.stringify(value, data.replacer));
}
