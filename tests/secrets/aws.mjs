export function createAws(notes, oidc) { return { fault: null, handle: () => ({ status: 404 }), control: () => ({}) }; }
