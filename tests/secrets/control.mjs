// How a test arranges the stand-ins and asks what they saw. No client of ours talks to this.

/** @param {{ notes: import('./serve.mjs').Notes, faults: Record<string, any>, oidc: any, vault: any, aws: any, azure: any }} world @returns {import('./serve.mjs').Handler} */
export function createControl({ notes, faults, oidc, vault, aws, azure }) {
  const services = { oidc, vault, aws, azure };
  return (request) => {
    if (request.path === '/notes') return { status: 200, body: notes.lines };
    if (request.path === '/issued') return { status: 200, body: notes.issued };
    if (request.path.startsWith('/seen/')) return { status: 200, body: { seen: faults[request.path.slice('/seen/'.length)]?.seen ?? 0 } };
    const command = JSON.parse(request.body.toString());
    if (request.path === '/fault') {
      faults[command.service] = command.fault;
      services[/** @type {'vault'} */ (command.service)].fault = command.fault;
      return { status: 200, body: {} };
    }
    if (request.path === '/latency') {
      faults.latencyMs = command.ms;
      return { status: 200, body: {} };
    }
    const service = services[/** @type {'vault'} */ (request.path.slice(1))];
    return { status: 200, body: service.control(command) ?? {} };
  };
}
