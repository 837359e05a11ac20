// GitHub's own parser of workflows and action files. It imports JSON in a way that Node 20 has no syntax for, so this says how to load it.

import { register } from 'node:module';

register(`data:text/javascript,${encodeURIComponent(`
import { readFile } from 'node:fs/promises';
export async function load(url, context, next) {
  return url.startsWith('file:') && url.endsWith('.json')
    ? { format: 'module', shortCircuit: true, source: 'export default ' + await readFile(new URL(url), 'utf8') }
    : next(url, context);
}`)}`);

const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
const { ErrorPolicy } = await import('@actions/workflow-parser/model/convert');

const said = (context) => context.errors.getErrors().map((error) => error.message);

/** What is wrong with a workflow. */
export async function workflowErrors(name, content) {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const errors = said(context);
  if (value && errors.length === 0) {
    await convertWorkflowTemplate(context, value, undefined, { errorPolicy: ErrorPolicy.TryConversion });
  }
  return said(context);
}

/** What is wrong with an action file. */
export function actionErrors(name, content) {
  return said(parseAction({ name, content }, new NoOperationTraceWriter()).context);
}
