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
    public static WorkspacePath Write(ActionContext context, DeployTarget target, Transaction transaction)
    {
        var name = $".solana-actions/exports/{target.Request.ProgramId}-{Convert.ToHexStringLower(target.Request.Binary.Sha256.Span)[..16]}.txt";
        var path = WorkspacePath.Resolve(context.Environment, name).OrThrow();
        try
        {
            context.Files.Write(path, Encoding.ASCII.GetBytes(Base58.Encode(transaction.Serialize()) + "\n"));
            return path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(FaultCodes.ReportFailed, $"to write the exported transaction to {path}", $"{problem.GetType().Name}", "make the workspace writable, then run again: what is on chain stays"));
        }
    }
}
