using Actions.Core.Metadata;
using Actions.Core.Squads;
using Actions.Core.Tests.Solana;
using Actions.Core.Tests.Tools;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Tests.Squads;

/// <summary>Account data is whatever somebody paid to store.</summary>
public sealed class HostileAccountTests
{
    private delegate bool Parser(ReadOnlyMemory<byte> bytes);

    private static readonly Dictionary<string, Parser> Parsers = new()
    {
        ["account.multisig"] = bytes => Multisig.TryParse(bytes, out _),
        ["account.proposal"] = bytes => SquadsProposal.TryParse(bytes, out _),
        ["account.vaultTransaction"] = bytes => VaultTransaction.TryParse(bytes, out _),
        ["account.buffer"] = bytes => MetadataAccount.TryParse(bytes, out _),
        ["account.metadata"] = bytes => MetadataAccount.TryParse(bytes, out var account) && account is MetadataAccount.Published published && MetadataContent.Text(published) is not null,
        ["account.claim"] = bytes => BuildClaimAccount.TryParse(bytes, out _),
        ["legacyIdl"] = bytes => LegacyIdl.TryParse(bytes, out var idl) && idl.Text is not null,
    };

    public static TheoryData<string> Kinds => [.. Parsers.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_account_that_breaks_off_is_refused_or_read_but_never_throws(string kind)
    {
        foreach (var data in OracleCases.OfAuthority(kind).Take(20).Select(one => one.Hex("data")))
        {
            Parsers[kind](data).ShouldBeTrue();
            for (var length = 0; length < data.Length; length++)
            {
                Should.NotThrow(() => Parsers[kind](data.AsMemory(0, length)));
            }

            Parsers[kind](data.AsMemory(0, 40)).ShouldBeFalse();
            Parsers[kind](default).ShouldBeFalse();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_account_with_other_bytes_anywhere_never_throws(string kind)
    {
        foreach (var data in OracleCases.OfAuthority(kind).Take(30).Select(one => one.Hex("data")))
        {
            for (var i = 0; i < 200; i++)
            {
                var changed = data.ToArray();
                var noise = Some.Bytes(i, 10);
                var at = BitConverter.ToUInt16(noise) % changed.Length;
                noise.AsSpan(2, Math.Min(1 + (i % 8), changed.Length - at)).CopyTo(changed.AsSpan(at));

                Should.NotThrow(() => Parsers[kind](changed));
            }
        }
    }

    [Theory]
    [InlineData("account.multisig", 95)] // where a multisig without a rent collector counts its members
    [InlineData("account.proposal", 58)] // where an active proposal counts its approvals
    [InlineData("account.claim", 72)] // how long the version is
    public void A_length_that_the_account_cannot_hold_is_refused(string kind, int at)
    {
        var data = OracleCases.OfAuthority(kind).Select(one => one.Hex("data")).First(bytes => kind != "account.multisig" || bytes[94] == 0);
        if (kind == "account.proposal")
        {
            data[48] = (byte)ProposalStatus.Active;
        }

        foreach (var length in new uint[] { uint.MaxValue, int.MaxValue, 0x8000_0000, 10_000_000 })
        {
            BitConverter.TryWriteBytes(data.AsSpan(at + (kind == "account.multisig" ? 1 : 0)), length).ShouldBeTrue();
            Parsers[kind](data).ShouldBeFalse($"{length}");
        }
    }

    [Fact]
    public void A_message_whose_indexes_point_nowhere_is_refused()
    {
        var data = OracleCases.OfAuthority("account.vaultTransaction").Select(one => one.Hex("data")).First(bytes => bytes[83] == 0);
        const int Header = 87; // discriminator, multisig, creator, index, three small numbers, no ephemeral signers

        Parsers["account.vaultTransaction"](With(data, Header, 255)).ShouldBeFalse("more signers than accounts");
        Parsers["account.vaultTransaction"](With(data, Header + 1, 255)).ShouldBeFalse("more writable signers than signers");
        Parsers["account.vaultTransaction"](With(data, Header + 2, 255)).ShouldBeFalse("more writable accounts than accounts");
        var accounts = BitConverter.ToInt32(data, Header + 3);
        Parsers["account.vaultTransaction"](With(data, Header + 7 + (32 * accounts) + 4, 255)).ShouldBeFalse("a program that is not among the accounts");
    }

    private static byte[] With(byte[] data, int at, byte value)
    {
        var changed = data.ToArray();
        changed[at] = value;
        return changed;
    }
}
