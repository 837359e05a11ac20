using System.Text;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Where an exported transaction is written: in base 58, which is what Squads and other signers import.</summary>
internal static class ExportFile
{
    /// <summary>The same upgrade always goes to the same file.</summary>
    public static WorkspacePath Write(ActionContext context, DeployTarget target, Transaction transaction) =>
        Write(context, $"{target.Request.ProgramId}-{Convert.ToHexStringLower(target.Request.Binary.Sha256.Span)[..16]}", [transaction]);

    /// <summary>Several transactions that are signed in this order, one in each line.</summary>
    public static WorkspacePath Write(ActionContext context, string name, IReadOnlyList<Transaction> transactions)
    {
        var path = WorkspacePath.Resolve(context.Environment, $".solana-actions/exports/{name}.txt").OrThrow();
        try
        {
            context.Files.Write(path, Encoding.ASCII.GetBytes(string.Concat(transactions.Select(transaction => Base58.Encode(transaction.Serialize()) + "\n"))));
            return path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(FaultCodes.ReportFailed, $"to write the exported transaction to {path}", $"{problem.GetType().Name}", "make the workspace writable, then run again: what is on chain stays"));
        }
    }
}
