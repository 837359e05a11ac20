using System.Runtime.InteropServices;

namespace Actions.Core.Solana;

/// <summary>Turns instructions into the one list of accounts that a message has.</summary>
internal static class MessageCompiler
{
    public const int MaxAccounts = 256;

    public static Message Compile(MessageVersion version, Address feePayer, IReadOnlyList<Instruction> instructions, Blockhash blockhash)
    {
        var accounts = Order(feePayer, instructions, out var header);
        var indexes = new Dictionary<Address, byte>(accounts.Length);
        for (var i = 0; i < accounts.Length; i++)
        {
            indexes.Add(accounts[i], (byte)i);
        }

        var compiled = new CompiledInstruction[instructions.Count];
        for (var i = 0; i < compiled.Length; i++)
        {
            var metas = instructions[i].Accounts;
            var used = new byte[metas.Count];
            for (var j = 0; j < used.Length; j++)
            {
                used[j] = indexes[metas[j].Address];
            }

            compiled[i] = new CompiledInstruction(indexes[instructions[i].Program], used, instructions[i].Data);
        }

        return new Message(version, header, accounts, blockhash, compiled, []);
    }

    /// <summary>The payer, then writable signers, signers, writable accounts, the rest.</summary>
    /// <remarks>By address within one role, so that equal inputs give equal bytes.</remarks>
    private static Address[] Order(Address feePayer, IReadOnlyList<Instruction> instructions, out MessageHeader header)
    {
        var roles = new Dictionary<Address, Role>();
        foreach (var instruction in instructions)
        {
            if (instruction.Program == feePayer)
            {
                throw new ArgumentException("The fee payer cannot be a program that the message calls.", nameof(instructions));
            }

            Add(roles, instruction.Program, Role.None);
            foreach (var meta in instruction.Accounts)
            {
                Add(roles, meta.Address, (meta.IsSigner ? Role.Signs : Role.None) | (meta.IsWritable ? Role.Written : Role.None));
            }
        }

        Add(roles, feePayer, Role.Pays | Role.Signs | Role.Written);
        if (roles.Count > MaxAccounts)
        {
            throw new ArgumentException($"A message holds at most {MaxAccounts} accounts.", nameof(instructions));
        }

        KeyValuePair<Address, Role>[] ordered = [.. roles];
        Array.Sort(ordered, (left, right) =>
            left.Value == right.Value ? left.Key.CompareTo(right.Key) : right.Value.CompareTo(left.Value));
        header = new MessageHeader(
            checked((byte)ordered.Count(account => account.Value.HasFlag(Role.Signs))),
            checked((byte)ordered.Count(account => account.Value == Role.Signs)),
            checked((byte)ordered.Count(account => account.Value == Role.None)));
        return Array.ConvertAll(ordered, account => account.Key);
    }

    private static void Add(Dictionary<Address, Role> roles, Address address, Role role) =>
        CollectionsMarshal.GetValueRefOrAddDefault(roles, address, out _) |= role;

    /// <summary>The values are chosen so that a greater role stands earlier.</summary>
    [Flags]
    private enum Role
    {
        None = 0,
        Written = 1,
        Signs = 2,
        Pays = 4,
    }
}
