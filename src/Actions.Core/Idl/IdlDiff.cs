using Actions.Core.Solana;

namespace Actions.Core.Idl;

/// <summary>What changed between two interfaces of a program. Pure.</summary>
public sealed class IdlDiff
{
    private readonly AnchorIdl old;
    private readonly AnchorIdl now;
    private readonly IdlLayouts layouts;
    private readonly List<IdlChange> changes = [];

    private IdlDiff(AnchorIdl old, AnchorIdl now) => (this.old, this.now, layouts) = (old, now, new IdlLayouts(old.Types, now.Types));

    /// <summary>Breaking changes first.</summary>
    public static IReadOnlyList<IdlChange> Of(AnchorIdl old, AnchorIdl now)
    {
        var diff = new IdlDiff(old, now);
        diff.Instructions();
        diff.Accounts("account", old.Accounts, now.Accounts, AnchorDiscriminator.OfAccount, IdlChangeKind.Breaking);
        diff.Accounts("event", old.Events, now.Events, name => AnchorDiscriminator.Of($"event:{name}"), IdlChangeKind.Notable);
        diff.Errors();
        return [.. diff.changes.OrderBy(change => change.Kind)];
    }

    private void Instructions()
    {
        var (before, after) = (ByName(old.Instructions, one => one.Name), ByName(now.Instructions, one => one.Name));
        foreach (var (name, instruction) in before)
        {
            if (!after.TryGetValue(name, out var current))
            {
                Add(IdlChangeKind.Breaking, $"instruction {instruction.Name}: removed");
                continue;
            }

            Discriminators($"instruction {current.Name}", instruction.Discriminator, current.Discriminator, AnchorDiscriminator.OfInstruction(current.Discriminator is null ? instruction.Name : current.Name), IdlChangeKind.Breaking);
            foreach (var difference in layouts.Fields(instruction.Arguments, current.Arguments))
            {
                Add(IdlChangeKind.Breaking, $"instruction {current.Name}: argument {difference}");
            }

            Returns(instruction, current);
            Metas(current.Name, instruction.Accounts, current.Accounts);
        }

        foreach (var (name, added) in after.Where(pair => !before.ContainsKey(pair.Key)))
        {
            Add(IdlChangeKind.Compatible, $"instruction {added.Name}: added");
        }
    }

    private void Returns(IdlInstruction before, IdlInstruction after)
    {
        if (before.Returns is null != after.Returns is null)
        {
            Add(before.Returns is null ? IdlChangeKind.Compatible : IdlChangeKind.Breaking, $"instruction {after.Name}: returns {after.Returns?.ToString() ?? "nothing"}, before {before.Returns?.ToString() ?? "nothing"}");
        }
        else if (before.Returns is not null)
        {
            foreach (var difference in layouts.Types(before.Returns, after.Returns!, "what it returns"))
            {
                Add(IdlChangeKind.Breaking, $"instruction {after.Name}: {difference}");
            }
        }
    }

    /// <summary>Callers give accounts by position, with the rights that they read from the IDL they know.</summary>
    private void Metas(string instruction, IReadOnlyList<IdlAccountMeta> before, IReadOnlyList<IdlAccountMeta> after)
    {
        for (var i = 0; i < Math.Max(before.Count, after.Count); i++)
        {
            var (was, becomes) = (before.ElementAtOrDefault(i), after.ElementAtOrDefault(i));
            if (was is null || becomes is null || AnchorIdl.Plain(was.Name) != AnchorIdl.Plain(becomes.Name))
            {
                Add(IdlChangeKind.Breaking, $"instruction {instruction}: account {i + 1} is {becomes?.Name ?? "no more"}, before {was?.Name ?? "there was none"}");
                return;
            }

            Right(instruction, was, becomes, "writable", meta => meta.IsWritable);
            Right(instruction, was, becomes, "a signer", meta => meta.IsSigner);
            Right(instruction, was, becomes, "required", meta => !meta.IsOptional);
            if (was.Address != becomes.Address)
            {
                Add(becomes.Address is null ? IdlChangeKind.Compatible : IdlChangeKind.Breaking, $"instruction {instruction}: account {becomes.Name} has to be {becomes.Address ?? "no special one"}, before {was.Address ?? "any"}");
            }
        }
    }

    private void Right(string instruction, IdlAccountMeta was, IdlAccountMeta becomes, string right, Func<IdlAccountMeta, bool> has)
    {
        if (has(was) != has(becomes))
        {
            Add(has(becomes) ? IdlChangeKind.Breaking : IdlChangeKind.Compatible, $"instruction {instruction}: account {becomes.Name} {(has(becomes) ? "must now be" : "need not be")} {right}");
        }
    }

    private void Accounts(string what, IReadOnlyList<IdlAccount> olds, IReadOnlyList<IdlAccount> news, Func<string, byte[]> usual, IdlChangeKind kind)
    {
        var (before, after) = (ByName(olds, one => one.Name), ByName(news, one => one.Name));
        foreach (var (name, account) in before)
        {
            if (!after.TryGetValue(name, out var current))
            {
                Add(kind, $"{what} {account.Name}: removed");
                continue;
            }

            Discriminators($"{what} {current.Name}", account.Discriminator, current.Discriminator, usual(current.Discriminator is null ? account.Name : current.Name), kind);
            foreach (var difference in layouts.Definitions(account.Type, current.Type))
            {
                Add(kind, $"{what} {current.Name}: {difference}");
            }
        }

        foreach (var (name, added) in after.Where(pair => !before.ContainsKey(pair.Key)))
        {
            Add(IdlChangeKind.Compatible, $"{what} {added.Name}: added");
        }
    }

    /// <summary>The older form leaves discriminators to the names, which it writes in another way than Anchor computes them from.</summary>
    private void Discriminators(string what, string? before, string? after, byte[] usual, IdlChangeKind kind)
    {
        var plain = Convert.ToHexStringLower(usual);
        if ((before ?? plain) != (after ?? plain))
        {
            Add(kind, $"{what}: its discriminator is {after ?? plain}, before {before ?? plain}");
        }
    }

    private void Errors()
    {
        var (before, after) = (ByName(old.Errors, one => one.Name), ByName(now.Errors, one => one.Name));
        foreach (var (name, error) in before)
        {
            if (!after.TryGetValue(name, out var current))
            {
                Add(IdlChangeKind.Notable, $"error {error.Name}: removed");
            }
            else if (current.Code != error.Code)
            {
                Add(IdlChangeKind.Notable, $"error {error.Name}: its code is {current.Code}, before {error.Code}");
            }
        }

        foreach (var (name, added) in after.Where(pair => !before.ContainsKey(pair.Key)))
        {
            Add(IdlChangeKind.Compatible, $"error {added.Name}: added");
        }
    }

    private void Add(IdlChangeKind kind, string what) => changes.Add(new IdlChange(kind, what));

    private static Dictionary<string, T> ByName<T>(IReadOnlyList<T> items, Func<T, string> name) =>
        items.DistinctBy(item => AnchorIdl.Plain(name(item))).ToDictionary(item => AnchorIdl.Plain(name(item)), StringComparer.Ordinal);
}
