using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Who pays and who signs; the same for all programs of a run.</summary>
internal sealed record DeployKeys(KeyInput Payer, KeyInput UpgradeAuthority, Address BufferAuthority)
{
    /// <summary>Null when an input is at fault.</summary>
    /// <param name="isDryRun">Then an address is enough.</param>
    /// <param name="hasBufferAuthority">Whether the action has that input.</param>
    public static DeployKeys? Read(InputReader inputs, bool isDryRun, bool hasBufferAuthority = true)
    {
        inputs.Require("payer", "the key that pays and writes the buffer");
        var payer = inputs.Key("payer");
        if (payer is KeyInput.Named && !isDryRun)
        {
            inputs.Add(payer.ToSigner("payer").Faults[0]);
        }

        var authority = inputs.Key("upgrade-authority");
        var bufferAuthority = hasBufferAuthority ? inputs.Key("buffer-authority") : null;
        if (payer is null)
        {
            return null;
        }

        // An address that belongs to a key we hold is as good as the key.
        var upgrade = authority is KeyInput.Named named && named.Address == payer.Address ? payer : authority ?? payer;
        return new DeployKeys(payer, upgrade, bufferAuthority?.Address ?? upgrade.Address);
    }
}
