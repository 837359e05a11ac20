using System.Numerics;
using Actions.Cli.VerifyProgram;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Transaction = Actions.Core.Solana.Transaction;

namespace Actions.Cli.SmokeTest;

/// <summary>`program`, `account`, `transaction`, `rpc`: what the cluster says. Nothing is ever sent.</summary>
internal sealed class ChainProbe(RpcClient rpc, Commitment commitment)
{
    public async Task LookAsync(SmokeKind.Program kind, AssertionCheck check, CancellationToken cancellation)
    {
        switch ((await new VerifyObserver(rpc, commitment).LookAsync(kind.Id, cancellation)).Value)
        {
            case ProgramOnChain.Running running:
                Judge(kind, running, check);
                break;
            case ProgramOnChain.Closed:
                check.Complain($"a program at {kind.Id}", "one that was closed");
                break;
            case ProgramOnChain.Missing { Found: var found }:
                check.Complain($"a program at {kind.Id}", found);
                break;
            case ProgramOnChain.Foreign { Found: var found }:
                check.Complain($"a program at {kind.Id}", found);
                break;
        }
    }

    public async Task LookAsync(SmokeKind.Account kind, AssertionCheck check, CancellationToken cancellation)
    {
        var seen = await rpc.GetAccountAsync(kind.Address, commitment, cancellation, longest: LoaderProgram.MaxAccountLength);
        if (seen.Value is not { } account)
        {
            check.Complain($"an account at {kind.Address}", "none");
            return;
        }

        if (kind.Owner is { } owner && owner != account.Owner)
        {
            check.Complain($"an account of {owner}", $"one of {account.Owner}");
        }

        foreach (var named in kind.Assert)
        {
            Judge(kind, named, account, check);
        }
    }

    public async Task LookAsync(SmokeKind.Transaction kind, AssertionCheck check, CancellationToken cancellation)
    {
        var seen = await rpc.SimulateAsync(Transaction.Unsigned(kind.Message).Serialize(), commitment, cancellation);
        TransactionVerdict.Judge(kind, seen.Value, check);
    }

    public async Task LookAsync(SmokeKind.Rpc kind, AssertionCheck check, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync(kind.Method, kind.Params, cancellation);
        foreach (var path in kind.Json)
        {
            check.Hold(PlainText.Bound(path.Path.ToString(), 200), path.Assertion, path.Path.Select(result));
        }
    }

    private static void Judge(SmokeKind.Program kind, ProgramOnChain.Running running, AssertionCheck check)
    {
        if (kind.ExecutableHash is { } hash && hash != running.ExecutableHash)
        {
            check.Complain($"executable hash {hash}", $"{running.ExecutableHash}, deployed in slot {running.Slot}");
        }

        var authority = running.Authority?.ToString() ?? "none";
        if (kind.UpgradeAuthority is { } expected && expected != authority)
        {
            check.Complain($"upgrade authority {expected}", authority);
        }

        if (kind.MinSlot is { } least && running.Slot < least)
        {
            check.Complain($"a deployment in slot {least} or later", $"one in slot {running.Slot}");
        }
    }

    private static void Judge(SmokeKind.Account kind, NamedAssertion named, AccountInfo account, AssertionCheck check)
    {
        var why = "";
        var value = kind.Fields.TryGetValue(named.Name, out var field) ? field.Read(account.Data.Span, out why)
            : new SmokeValue.Number(SmokeNumber.Of((BigInteger)(named.Name == "lamports" ? account.Lamports : account.Space)));
        if (value is null)
        {
            check.Complain($"the field {PlainText.Quote(named.Name)}", why);
        }
        else
        {
            check.Hold(PlainText.Bound(named.Name, 200), named.Assertion, Selection.Of(value));
        }
    }
}
