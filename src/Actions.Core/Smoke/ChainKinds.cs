using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Runner;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>Reads the checks of the cluster: program, account, rpc.</summary>
internal static class ChainKinds
{
    /// <summary>What can be asserted of every account.</summary>
    private static readonly string[] BuiltIn = ["lamports", "data-length"];

    private static readonly int[] NumberSizes = [1, 2, 4, 8];

    public static SmokeKind? Program(SpecMap map, SpecSources sources)
    {
        var id = map.Address("id") ?? (map.Has("id") ? null : sources.ProgramId);
        if (!map.Has("id") && id is null)
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputMissing, $"'id' in {map.About}, or the input program-id", "neither", "give one of them");
        }

        var hash = map.Text("executable-hash");
        if (hash is not null && (hash.Length != 64 || hash.Any(digit => !char.IsAsciiHexDigitLower(digit))))
        {
            map.Yaml.Complain(map.Take("executable-hash")!, FaultCodes.InputInvalid, $"64 lower-case hex digits in 'executable-hash' of {map.About}", "something else", "give what solana-verify get-executable-hash prints");
        }

        var authority = map.Text("upgrade-authority") is "none" ? "none" : map.Address("upgrade-authority")?.ToString();
        var slot = map.Number("min-slot", 0, ulong.MaxValue);
        return id is { } known ? new SmokeKind.Program(known) { ExecutableHash = hash, UpgradeAuthority = authority, MinSlot = slot } : null;
    }

    public static SmokeKind? Account(SpecMap map, AssertionReader assertions, SpecSources sources)
    {
        var address = map.Address("address");
        var pda = map.Map("pda") is { } derived ? Pda(derived) : null;
        if (map.Has("address") == map.Has("pda"))
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputInvalid, $"either 'address' or 'pda' in {map.About}", map.Has("pda") ? "both" : "neither", "say which account");
        }

        var owner = map.Address("owner");
        var idls = new Dictionary<string, AnchorIdl?>(StringComparer.Ordinal);
        var fields = new Dictionary<string, AccountField>(StringComparer.Ordinal);
        var names = new HashSet<string>(BuiltIn, StringComparer.Ordinal);
        foreach (var (name, node) in map.Map("fields")?.Pairs() ?? [])
        {
            names.Add(name);
            if (node is not YamlMappingNode field)
            {
                map.Wrong(node, $"a mapping for the field {PlainText.Quote(name)} of {map.About}", "give { offset, type } or { idl, field }");
            }
            else if (Field(new SpecMap(map.Yaml, field, $"field {PlainText.Quote(name)} of {map.About}"), idls, sources) is { } read)
            {
                fields[name] = read;
            }
        }

        var assert = assertions.Named(map, "assert");
        foreach (var unknown in assert.Where(named => !names.Contains(named.Name)))
        {
            map.Yaml.Complain(map.Map("assert")!.KeyOf(unknown.Name), FaultCodes.InputUnknownValue, $"the names of fields in 'assert' of {map.About}", PlainText.Quote(unknown.Name), $"use one of {string.Join(", ", names)}");
        }

        return (address ?? pda) is { } known ? new SmokeKind.Account(known) { Owner = owner, Fields = fields, Assert = assert } : null;
    }

    public static SmokeKind? Rpc(SpecMap map, AssertionReader assertions)
    {
        map.Require("method", "the JSON-RPC method");
        var method = map.Text("method");
        if (method is not null && (method.Length > 100 || !method.All(char.IsAsciiLetterOrDigit) || Sends(method)))
        {
            map.Wrong(map.Take("method")!, $"a method that only reads in 'method' of {map.About}", "a smoke test sends nothing; use 'transaction' to simulate");
            method = null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in map.List("params"))
            {
                SpecValues.Write(item, json, text => text);
            }

            json.WriteEndArray();
        }

        var paths = assertions.Paths(map, "json");
        return method is null ? null : new SmokeKind.Rpc(method, buffer.WrittenMemory.ToArray(), paths);
    }

    private static bool Sends(string method) =>
        method.StartsWith("send", StringComparison.OrdinalIgnoreCase) || method.StartsWith("request", StringComparison.OrdinalIgnoreCase) || method.EndsWith("Subscribe", StringComparison.OrdinalIgnoreCase);

    private static AccountField? Field(SpecMap map, Dictionary<string, AnchorIdl?> idls, SpecSources sources)
    {
        var isRaw = map.Has("offset") || map.Has("type");
        if (isRaw == (map.Has("idl") || map.Has("field")))
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputInvalid, $"either offset and type, or idl and field in {map.About}", isRaw ? "both" : "neither", "say where the value lies");
            map.Finish();
            return null;
        }

        AccountField? field = isRaw ? AtOffset(map) : OfIdl(map, idls, sources);
        map.Finish();
        return field;
    }

    private static AccountField.AtOffset? AtOffset(SpecMap map)
    {
        map.Require("offset", "bytes from the start");
        map.Require("type", FieldType.Forms);
        var (offset, type) = (map.Number("offset", 0, LoaderProgram.MaxAccountLength), map.Text("type"));
        var known = type is null ? null : FieldType.Parse(type);
        if (type is not null && known is null)
        {
            map.Wrong(map.Take("type")!, $"{FieldType.Forms} in 'type' of {map.About}", "correct the type");
        }

        return offset is { } at && known is not null ? new AccountField.AtOffset((int)at, known) : null;
    }

    private static AccountField.OfIdl? OfIdl(SpecMap map, Dictionary<string, AnchorIdl?> idls, SpecSources sources)
    {
        map.Require("idl", "the path of the Anchor IDL");
        map.Require("field", "the field's name");
        var (path, name) = (map.Text("idl"), map.Text("field"));
        if (path is null || name is null)
        {
            return null;
        }

        if (!idls.TryGetValue(path, out var idl))
        {
            idl = idls[path] = Idl(map, path, sources);
        }

        if (idl?.Complain(name) is { } wrong)
        {
            map.Yaml.Complain(map.Take("field")!, FaultCodes.InputUnknownValue, $"a field of the IDL in 'field' of {map.About}", $"{PlainText.Quote(name)}; {PlainText.Bound(PlainText.CleanLine(wrong), 300)}", "correct the name, or give the IDL of the deployed version");
            return null;
        }

        return idl is null ? null : new AccountField.OfIdl(idl, name);
    }

    private static AnchorIdl? Idl(SpecMap map, string path, SpecSources sources)
    {
        var resolved = WorkspacePath.Resolve(sources.Environment, path, "spec");
        var file = resolved.IsOk ? WorkspaceFiles.Read(resolved.Value, AnchorIdl.LongestFile, "spec") : Result<byte[]>.Fail(resolved.Faults);
        map.Yaml.Adopt(map.Take("idl")!, file.Faults);
        if (!file.IsOk)
        {
            return null;
        }

        var idl = AnchorIdl.Read(file.Value);
        if (idl is null)
        {
            map.Yaml.Complain(map.Take("idl")!, FaultCodes.FileUnreadable, $"an Anchor IDL with accounts in 'idl' of {map.About}", "something else", "give target/idl/<program>.json");
        }

        return idl;
    }

    internal static Address? Pda(SpecMap map)
    {
        map.Require("seeds", "in their order");
        map.Require("program", "whose address it is");
        var program = map.Address("program");
        var seeds = map.List("seeds").Select(seed => Seed(map, seed)).ToList();
        map.Finish();
        if (seeds.Count >= ProgramAddress.MaxSeeds)
        {
            map.Wrong(map.Take("seeds")!, $"at most {ProgramAddress.MaxSeeds - 1} seeds in {map.About}", "the bump is not one of them");
            return null;
        }

        return program is { } known && map.Take("seeds") is YamlSequenceNode && seeds.TrueForAll(seed => seed is not null)
            ? ProgramAddress.Find([.. seeds.Select(seed => (ReadOnlyMemory<byte>)seed!)], known).Address
            : null;
    }

    /// <summary>A plain value is a text; an address, hex digits and numbers say what they are.</summary>
    private static byte[]? Seed(SpecMap owner, YamlNode node)
    {
        byte[]? bytes;
        if (node is YamlMappingNode { Children.Count: 1 } mapping)
        {
            var map = new SpecMap(owner.Yaml, mapping, $"a seed of {owner.About}");
            bytes = map.Has("address") ? map.Address("address")?.ToArray()
                : map.Has("hex") ? SpecBytes.Hex(map, "hex")
                : NumberSizes.Select(size => Number(map, size)).FirstOrDefault(number => number is not null);
            map.Finish();
            if (bytes is null)
            {
                return null;
            }
        }
        else
        {
            bytes = node is YamlScalarNode { Value: { } text } ? Encoding.UTF8.GetBytes(text) : null;
        }

        if (bytes is { Length: <= ProgramAddress.MaxSeedLength })
        {
            return bytes;
        }

        owner.Wrong(node, $"seeds of at most {ProgramAddress.MaxSeedLength} bytes in {owner.About}: a text, or one of {{address: …}}, {{hex: …}}, {{u8: …}}, {{u16: …}}, {{u32: …}}, {{u64: …}}", "an address is written {address: …}");
        return null;
    }

    private static byte[]? Number(SpecMap map, int size)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"u{size * 8}");
        if (map.Number(key, 0, ulong.MaxValue >> (64 - (size * 8))) is not { } number)
        {
            return null;
        }

        var bytes = new byte[size];
        ((BigInteger)number).TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }
}
