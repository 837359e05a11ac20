using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.VerifyProgram;

/// <summary>Looks at one program; reads only, and never more than an account can hold.</summary>
internal sealed class VerifyObserver(RpcClient rpc, Commitment commitment)
{
    private static readonly DataSlice Header = new(0, LoaderProgram.ProgramDataHeader);

    /// <param name="minContextSlot">What an older view would not show.</param>
    /// <returns>The program, and the slot whose state it shows.</returns>
    public async Task<At<ProgramOnChain>> LookAsync(Address program, CancellationToken cancellation, ulong? minContextSlot = null)
    {
        var programData = LoaderProgram.ProgramDataAddress(program);
        var headers = await rpc.GetAccountsAsync([program, programData], commitment, cancellation, minContextSlot, Header);
        if (ProgramOnChain.WithoutBytes(program, headers.Value[0], headers.Value[1]) is { } ended)
        {
            return new At<ProgramOnChain>(headers.Slot, ended);
        }

        // Slot and authority come from this one answer, so that they belong to the bytes.
        var whole = await rpc.GetAccountAsync(programData, commitment, cancellation, headers.Slot, longest: LoaderProgram.MaxAccountLength);
        return new At<ProgramOnChain>(whole.Slot, ProgramOnChain.WithBytes(whole.Value));
    }
}
