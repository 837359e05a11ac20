using Actions.Core.Faults;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Core.Keys;

/// <summary>What an input for a key came to: something that signs, or only the address of it.</summary>
public abstract record KeyInput(Address Address)
{
    /// <summary>Only an address: enough for a dry-run, or where a key is only named.</summary>
    public sealed record Named(Address Address) : KeyInput(Address)
    {
        public override Result<ISigner> ToSigner(string input) => new Fault(
            FaultCodes.AddressNotKey, $"Expected a key that can sign in '{input}'", "found an address, not a key (not shown: a seed looks the same)",
            "give a reference to the key, such as env:NAME; an address is enough only with dry-run: true", input);
    }

    /// <summary>A key that signs.</summary>
    /// <param name="Key">The signer.</param>
    /// <param name="Source">Where it lives.</param>
    public sealed record Signer(ISigner Key, KeySource Source) : KeyInput(Key.Address)
    {
        public Signer(ISigner key, string origin)
            : this(key, new KeySource(origin))
        {
        }

        /// <summary>Where it lives, in a word.</summary>
        public string Origin => Source.Provider;

        public override Result<ISigner> ToSigner(string input) => Result<ISigner>.Ok(Key);

        public override string ToString() => $"{Address} ({Origin})";
    }

    /// <summary>A vault of Squads: its members sign, not this run.</summary>
    public sealed record Vault(Address Multisig, byte Index) : KeyInput(SquadsAddress.Vault(Multisig, Index))
    {
        public override Result<ISigner> ToSigner(string input) => new Fault(
            FaultCodes.AddressNotKey, $"Expected a key that can sign in '{input}'", $"found the vault {Address} of a multisig, which only its members can make sign",
            "with solana-deploy use mode: propose, which puts the upgrade before the members", input);

        public override string ToString() => $"{Address} (squads:{Multisig}/{Index})";
    }

    /// <summary>The signer, or the fault that says this is an address.</summary>
    public abstract Result<ISigner> ToSigner(string input);
}

/// <summary>Where a key lives, fit for a plan, a summary or a record.</summary>
/// <param name="Provider">The reference, or `literal`.</param>
/// <param name="Version">The version that this run uses, where the provider has versions.</param>
/// <param name="CreatedAt">When that version was made, where the provider knows.</param>
public sealed record KeySource(string Provider, string? Version = null, DateTimeOffset? CreatedAt = null);
