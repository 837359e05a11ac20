/** The `context` of an answer. @param {number} slot */
export const contextOf = (slot) => ({ apiVersion: '4.1.0', slot });
