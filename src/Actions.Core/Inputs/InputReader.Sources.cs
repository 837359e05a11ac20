using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;

namespace Actions.Core.Inputs;

/// <content>Keys, endpoints and files: values that lead elsewhere or must not be quoted.</content>
public sealed partial class InputReader
{
    /// <summary>The endpoints in order of preference, each a URL or a reference to one.</summary>
    public IReadOnlyList<RpcUrl> RpcUrls(string name = "rpc-url") => RpcUrls(name, Lines(name));

    /// <summary>`name=endpoint` per line; a reference may lead to several.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RpcUrl>> RpcUrlMap(string name) =>
        Map(name).ToDictionary(pair => pair.Key, pair => (IReadOnlyList<RpcUrl>)RpcUrls(name, [pair.Value]), StringComparer.Ordinal);

    /// <summary>Lines of an input that were found to be endpoints, or references to some.</summary>
    public IReadOnlyList<RpcUrl> RpcUrls(string name, IReadOnlyList<string> lines)
    {
        List<RpcUrl> urls = [];
        foreach (var url in lines.SelectMany(line => Secret(name, line)).Select(text => RpcUrl.Parse(text, masker, name)))
        {
            faults.AddRange(url.Faults);
            if (url.IsOk && !urls.Contains(url.Value))
            {
                urls.Add(url.Value);
            }
        }

        return urls;
    }

    /// <summary>A key, or the address of one; the caller decides whether an address is enough (<see cref="KeyInput.ToSigner"/>).</summary>
    public KeyInput? Key(string name) => Raw(name) is { } text ? Take(KeyReader.Read(text, name, this)) : null;

    /// <summary>A key that a file named.</summary>
    public KeyInput? KeyAt(string name, string reference) => Take(KeyReader.Read(reference, name, this));

    /// <summary>`name=key reference` per line.</summary>
    public IReadOnlyDictionary<string, KeyInput> Keys(string name)
    {
        var keys = new Dictionary<string, KeyInput>();
        foreach (var (key, reference) in Map(name))
        {
            if (Take(KeyReader.Read(reference, name, this)) is { } read)
            {
                keys.Add(key, read);
            }
        }

        return keys;
    }

    /// <summary>A secret as such or by reference, masked.</summary>
    public string? SecretText(string name) => Raw(name) is { } text && Secret(name, text) is [var secret, ..] ? Masked(secret) : null;

    /// <summary>A path inside the workspace or RUNNER_TEMP; it need not exist.</summary>
    public WorkspacePath? Path(string name) => Text(name) is { } text ? Take(WorkspacePath.Resolve(environment, text, name)) : null;

    /// <summary>All bytes of a file, when it is a regular file of at most so many bytes.</summary>
    public InputFile? File(string name, long most) => Path(name) is { } path ? Read(name, path, most) : null;

    /// <summary>A file that an input led to, under the same rules.</summary>
    public InputFile? FileAt(string name, string path, long most) =>
        Take(WorkspacePath.Resolve(environment, path, name)) is { } resolved ? Read(name, resolved, most) : null;

    /// <summary>The same for a file that the run can do without: what is wrong with it is a warning.</summary>
    public InputFile? OptionalFileAt(string name, string path, long most)
    {
        var resolved = WorkspacePath.Resolve(environment, path, name);
        var bytes = resolved.IsOk ? WorkspaceFiles.Read(resolved.Value, most, name) : Result<byte[]>.Fail(resolved.Faults);
        faults.AddRange(bytes.Faults.Select(fault => fault.AsWarning()));
        return bytes.IsOk ? new InputFile(resolved.Value, bytes.Value) : null;
    }

    private InputFile? Read(string name, WorkspacePath path, long most) =>
        Take(WorkspaceFiles.Read(path, most, name)) is { } bytes ? new InputFile(path, bytes) : null;

    private string Masked(string secret)
    {
        masker.Add(secret);
        return secret;
    }

    private string[] Secret(string name, string text)
    {
        if (KeyReferenceParser.Parse(text, name) is not { IsOk: true } parsed || parsed.Value is KeyReference.Literal or KeyReference.Named)
        {
            return [text];
        }

        var value = KeyReader.Text(parsed.Value, name, this);
        faults.AddRange(value.Faults.Where(fault => fault != NotAskedYet));
        return value.IsOk ? value.Value.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
    }
}
