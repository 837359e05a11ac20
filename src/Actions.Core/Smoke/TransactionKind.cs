using System.Text;
using Actions.Core.Faults;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>Reads the check that simulates a transaction.</summary>
internal static class TransactionKind
{
    public static SmokeKind? Read(SpecMap map, AssertionReader assertions)
    {
        if (map.Has("message") == map.Has("instructions"))
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputInvalid, $"either 'message' or 'instructions' in {map.About}", map.Has("message") ? "both" : "neither", "say what to simulate");
        }

        var message = map.Has("message") ? Serialized(map) : Compiled(map);
        var expect = map.Choice("expect", "success", "error");
        var error = assertions.One(map, "error");
        if (error is not null && (expect ?? "success") == "success")
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputConflict, $"'expect: error' beside 'error' in {map.About}", expect ?? "no expect", "add 'expect: error', or remove 'error'");
        }

        // A text, or a list of them, must be part of a line; a mapping is an assertion about the lines.
        var texts = map.Take("logs") is YamlMappingNode ? [] : map.Words("logs");
        var logs = map.Take("logs") is YamlMappingNode ? assertions.One(map, "logs") : null;
        return message is null ? null : new SmokeKind.Transaction(message) { ExpectsError = expect == "error", Error = error, Logs = logs, LogTexts = texts };
    }

    /// <summary>A message, or a whole transaction, whose signatures do not count.</summary>
    private static Message? Serialized(SpecMap map)
    {
        if (SpecBytes.Base64(map, "message") is not { } bytes)
        {
            return null;
        }

        if (Message.TryParse(bytes, out var message))
        {
            return message;
        }

        if (Transaction.TryParse(bytes, out var transaction))
        {
            return transaction.Message;
        }

        map.Yaml.Complain(map.Take("message")!, FaultCodes.InputInvalid, $"a serialised message or transaction in 'message' of {map.About}", $"{bytes.Length} other bytes", "give what your client's compileMessage or serialize made, in base64");
        return null;
    }

    private static Message? Compiled(SpecMap map)
    {
        var nodes = map.List("instructions");
        var instructions = nodes.Select(node => node is YamlMappingNode mapping ? Instruction(new SpecMap(map.Yaml, mapping, $"an instruction of {map.About}")) : NoMapping(map, node)).ToList();
        if (!map.Has("instructions") || instructions.Count == 0 || instructions.Contains(null))
        {
            if (instructions.Count == 0 && map.Take("instructions") is YamlSequenceNode empty)
            {
                map.Wrong(empty, $"at least one instruction in {map.About}", "say what to simulate");
            }

            return null;
        }

        List<AccountMeta> signers = [.. instructions.SelectMany(instruction => instruction!.Accounts).Where(account => account.IsSigner)];
        if ((signers.Find(account => account.IsWritable) ?? signers.FirstOrDefault()) is not { } payer)
        {
            map.Yaml.Complain(map.Take("instructions")!, FaultCodes.InputInvalid, $"an account with 'signer: true' in {map.About}: the first writable one pays", "none", "mark the account that would sign");
            return null;
        }

        try
        {
            var message = Message.Compile(payer.Address, instructions!, default);
            if (Transaction.Unsigned(message).Size <= Transaction.MaxSize)
            {
                return message;
            }
        }
        catch (ArgumentException)
        {
            // More accounts than a message can name, or a payer that is a program: said below.
        }

        map.Wrong(map.Take("instructions")!, $"instructions that fit into one transaction in {map.About}", "remove some of them");
        return null;
    }

    private static Instruction? NoMapping(SpecMap map, YamlNode node)
    {
        map.Wrong(node, $"a mapping for each instruction of {map.About}", "give { program, accounts, data }");
        return null;
    }

    private static Instruction? Instruction(SpecMap map)
    {
        map.Require("program", "which program to call");
        var program = map.Address("program");
        var accounts = map.List("accounts").Select(node => Account(map, node)).ToList();
        var data = Data(map);
        map.Finish();
        return program is { } known && data is not null && !accounts.Contains(null) ? new Instruction(known, [.. accounts.Select(account => account!)], data) : null;
    }

    /// <summary>An address alone is read and does not sign.</summary>
    private static AccountMeta? Account(SpecMap owner, YamlNode node)
    {
        if (node is not YamlMappingNode mapping)
        {
            if (node is YamlScalarNode { Value: { } text } && Address.TryParse(text, out var plain))
            {
                return AccountMeta.ReadOnly(plain);
            }

            owner.Yaml.Complain(node, FaultCodes.InputInvalid, $"addresses, or {{ address, signer, writable }}, in 'accounts' of {owner.About}", "something else (not shown: it could be a key)", "give the account's address");
            return null;
        }

        var map = new SpecMap(owner.Yaml, mapping, $"an account of {owner.About}");
        map.Require("address", "which account");
        var (address, signer, writable) = (map.Address("address"), map.Flag("signer"), map.Flag("writable"));
        map.Finish();
        return address is { } known ? new AccountMeta(known, signer ?? false, writable ?? false) : null;
    }

    /// <summary>Base64 as a text, or one of {hex}, {base58}, {base64}, {utf8}.</summary>
    private static byte[]? Data(SpecMap map)
    {
        if (map.Take("data") is not YamlMappingNode { Children.Count: 1 } mapping)
        {
            return map.Take("data") is null or YamlScalarNode { Value: "" } ? [] : SpecBytes.Base64(map, "data");
        }

        var inner = new SpecMap(map.Yaml, mapping, $"'data' of {map.About}");
        var bytes = inner.Has("hex") ? SpecBytes.Hex(inner, "hex")
            : inner.Has("base58") ? SpecBytes.Base58(inner, "base58")
            : inner.Has("base64") ? SpecBytes.Base64(inner, "base64")
            : inner.Text("utf8") is { } text ? Encoding.UTF8.GetBytes(text) : null;
        inner.Finish();
        return bytes;
    }
}
