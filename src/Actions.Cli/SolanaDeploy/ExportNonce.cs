using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The nonce account that lets an exported transaction wait for its signature.</summary>
/// <param name="Nonce">Null when the address holds none that is ready for use.</param>
public sealed record ExportNonce(Address Address, NonceAccount? Nonce)
{
    internal static async Task<ExportNonce> LookAsync(RpcClient rpc, Address address, ulong minContextSlot, CancellationToken cancellation) =>
        (await rpc.GetAccountAsync(address, Commitment.Confirmed, cancellation, minContextSlot, longest: NonceAccount.Size)).Value is { } account
            && NonceAccount.TryParse(account.Owner, account.Data, out var nonce) ? new ExportNonce(address, nonce) : new ExportNonce(address, null);

    /// <summary>Why it is of no use to this signer.</summary>
    public IEnumerable<Fault> Refusals(Address signer)
    {
        if (Nonce is null)
        {
            yield return Invalid($"a nonce account at {Address}", "none on this cluster", $"make one: solana create-nonce-account <its key file> 0.002 --nonce-authority {signer}");
        }
        else if (Nonce.Authority != signer)
        {
            yield return Invalid($"a nonce account that {signer} may use, who signs the upgrade", $"one of {Nonce.Authority}", $"hand it over: solana authorize-nonce-account {Address} {signer}");
        }
    }

    /// <summary>The transaction of these instructions, which is good until the nonce is used.</summary>
    public Transaction Compile(IReadOnlyList<Instruction> instructions) =>
        Transaction.Unsigned(Message.Compile(Nonce!.Authority, [SystemProgram.AdvanceNonce(Address, Nonce.Authority), .. instructions], Nonce.Value));

    private static Fault Invalid(string expected, string found, string remedy) => new(FaultCodes.NonceInvalid, expected, found, remedy, "nonce-account");
}
