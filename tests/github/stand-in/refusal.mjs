// What GitHub answers when it will not: thrown by whoever notices.

const DOCS = 'https://docs.github.com/rest';

export class Refusal extends Error {
  /** @param {number} status @param {Record<string, unknown>} body @param {Record<string, string | number>} [headers] */
  constructor(status, body, headers = {}) {
    super(String(body.message));
    this.status = status;
    this.body = { documentation_url: DOCS, ...body, status: String(status) };
    this.headers = headers;
  }
}

export const notFound = () => new Refusal(404, { message: 'Not Found' });
export const badCredentials = () => new Refusal(401, { message: 'Bad credentials' });
export const requiresAuthentication = () => new Refusal(401, { message: 'Requires authentication' });
export const badRequest = (/** @type {string} */ message) => new Refusal(400, { message });

/** The body does not have the form that the operation documents. @param {string} complaint */
export const invalidRequest = (complaint) => new Refusal(422, { message: `Invalid request.\n\n${complaint}` });

/** One sentence instead of a list. @param {string} message */
export const unprocessable = (message) => new Refusal(422, { message });

/** @typedef {{ resource: string, code: string, field?: string, message?: string }} FieldError */

/** @param {...FieldError} errors */
export const validationFailed = (...errors) => new Refusal(422, { message: 'Validation Failed', errors });

/** @param {string} resource @param {string} field @param {string} message */
export const custom = (resource, field, message) => validationFailed({ resource, code: 'custom', field, message: `${field} ${message}` });

/** The token sees the repository and may not do this. @param {string} kind @param {string} accepted such as `deployments=write` */
export function notAccessible(kind, accepted) {
  const message = kind === 'installation' ? 'Resource not accessible by integration'
    : kind === 'fine-grained' ? 'Resource not accessible by personal access token' : 'Must have admin rights to Repository.';
  return new Refusal(403, { message }, kind === 'classic' ? {} : { 'x-accepted-github-permissions': accepted });
}
