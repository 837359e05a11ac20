export function createAzure(notes, oidc) { return { fault: null, handle: () => ({ status: 404 }), control: () => ({}), setOrigin() {} }; }
