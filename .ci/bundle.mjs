// What a .NET single-file executable was put together from, by its own account.
// The format: https://github.com/dotnet/runtime/blob/main/src/installer/managed/Microsoft.NET.HostModel/Bundle/Manifest.cs

const SIGNATURE = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex'); // sha256(".net core bundle")

/** The program itself, then its libraries. @param {Buffer} executable @returns {{ name: string, version: string, assemblies: string[] }[]} */
export function bundledLibraries(executable) {
  const mark = executable.indexOf(SIGNATURE);
  if (mark < 0) throw new Error('this is no .NET single-file executable');
  const header = Number(executable.readBigInt64LE(mark - 8));
  const afterId = header + 13 + executable[header + 12]; // versions and number of files, then the bundle's id with its length
  const [start, length] = [0, 8].map((offset) => Number(executable.readBigInt64LE(afterId + offset)));
  const deps = JSON.parse(executable.toString('utf8', start, start + length));
  return Object.entries(deps.targets[deps.runtimeTarget.name]).map(([id, { runtime = {}, native = {} }]) => {
    const [name, version] = id.replace(/^runtimepack\./, '').split('/');
    return { name, version, assemblies: [...Object.keys(runtime), ...Object.keys(native)] };
  });
}
