using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Who pays, who signs, and for which program.</summary>
internal sealed record DeployKeys(Address? ProgramId, KeyInput? ProgramKey, KeyInput Payer, KeyInput UpgradeAuthority, Address BufferAuthority)
{
    /// <summary>Null when an input is at fault.</summary>
    public static DeployKeys? Read(InputReader inputs, DeployMode mode, bool isDryRun)
    {
        inputs.Require("payer", "the key that pays and writes the buffer");
        var payer = inputs.Key("payer");
        if (payer is KeyInput.Named && !isDryRun)
        {
            inputs.Add(payer.ToSigner("payer").Faults[0]);
        }

        var authority = inputs.Key("upgrade-authority");
        var bufferAuthority = inputs.Key("buffer-authority");
        var programId = inputs.Address("program-id");
        var programKey = inputs.Key("program-keypair");
        if (mode == DeployMode.Deploy && !inputs.Has("program-id") && !inputs.Has("program-keypair"))
        {
            inputs.Add(FaultCodes.InputMissing, "program-id", "Expected 'program-id' (of a program to upgrade) or 'program-keypair' (of a program to create)", "found neither", "add one of them under 'with:'");
        }
        else if (programId is { } id && programKey is { } key && key.Address != id)
        {
            inputs.Add(FaultCodes.InputConflict, "program-id", $"Expected program-id and program-keypair to name the same program, {key.Address}", $"found program-id {id}", "remove one of them");
        }

        if (payer is null)
        {
            return null;
        }

        // An address that belongs to a key we hold is as good as the key.
        var upgrade = authority is KeyInput.Named named && named.Address == payer.Address ? payer : authority ?? payer;
        return new DeployKeys(programId ?? programKey?.Address, programKey, payer, upgrade, bufferAuthority?.Address ?? upgrade.Address);
    }
}
