using System.Text.Json;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Tests.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Tests.Squads;

/// <summary>Every instruction of Squads, program-metadata and otter-verify against the ecosystem's own clients.</summary>
public sealed class AuthorityInstructionTests
{
    private static readonly Dictionary<string, Func<JsonElement, Instruction>> Makers = new()
    {
        ["squads.VaultTransactionCreate"] = given => SquadsProgram.VaultTransactionCreate(
            given.Address("multisig"),
            given.Number("index"),
            given.Address("creator"),
            given.Address("rentPayer"),
            (byte)given.Number("vaultIndex"),
            VaultCases.Message(given),
            OptionalText(given, "memo")),
        ["squads.ProposalCreate"] = given => SquadsProgram.ProposalCreate(
            given.Address("multisig"), given.Number("index"), given.Address("creator"), given.Address("rentPayer")),
        ["squads.ProposalApprove"] = given => Vote(SquadsProgram.ProposalApprove, given),
        ["squads.ProposalReject"] = given => Vote(SquadsProgram.ProposalReject, given),
        ["squads.ProposalCancel"] = given => Vote(SquadsProgram.ProposalCancel, given),
        ["squads.VaultTransactionExecute"] = given =>
        {
            VaultTransaction.TryParse(given.Hex("transaction"), out var transaction).ShouldBeTrue();
            return SquadsProgram.VaultTransactionExecute(
                given.Address("multisig"), given.Number("index"), given.Address("member"), transaction.VaultIndex, transaction.Message);
        },
        ["squads.VaultTransactionAccountsClose"] = given => SquadsProgram.VaultTransactionAccountsClose(
            given.Address("multisig"), given.Number("index"), given.Address("rentCollector")),
        ["metadata.Write"] = given => MetadataProgram.Write(
            given.Address("buffer"), given.Address("authority"), (uint)given.Number("offset"), given.Hex("data")),
        ["metadata.Initialize"] = given => MetadataProgram.Initialize(
            given.Address("metadata"),
            given.Address("authority"),
            given.Address("program"),
            given.OptionalAddress("programData"),
            given.Text("seed"),
            Form(given),
            Content(given)),
        ["metadata.SetAuthority"] = given => MetadataProgram.SetAuthority(
            given.Address("account"),
            given.Address("authority"),
            given.OptionalAddress("program"),
            given.OptionalAddress("programData"),
            given.OptionalAddress("next")),
        ["metadata.SetData"] = given => MetadataProgram.SetData(
            given.Address("metadata"),
            given.Address("authority"),
            given.OptionalAddress("buffer"),
            given.OptionalAddress("program"),
            given.OptionalAddress("programData"),
            Form(given),
            Content(given)),
        ["metadata.Trim"] = given => Ending(MetadataProgram.Trim, given),
        ["metadata.Close"] = given => Ending(MetadataProgram.Close, given),
        ["metadata.Allocate"] = given => MetadataProgram.Allocate(
            given.Address("buffer"), given.Address("authority"), given.Address("program"), given.OptionalAddress("programData"), given.Text("seed")),
        ["metadata.Extend"] = given => MetadataProgram.Extend(
            given.Address("account"),
            given.Address("authority"),
            given.OptionalAddress("program"),
            given.OptionalAddress("programData"),
            (ushort)given.Number("length")),
        ["otter.Initialize"] = given => OtterProgram.Initialize(given.Address("program"), given.Address("signer"), VaultCases.Claim(given)),
        ["otter.Update"] = given => OtterProgram.Update(given.Address("program"), given.Address("signer"), VaultCases.Claim(given)),
        ["otter.Close"] = given => OtterProgram.Close(given.Address("program"), given.Address("signer")),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_instruction_is_byte_for_byte_that_of_the_ecosystems_client(string name) =>
        OracleCases.OfAuthority("instruction").Where(one => one.Text("name") == name).ShouldBeMadeBy(Makers[name]);

    [Fact]
    public void Every_instruction_of_the_oracle_has_its_counterpart() =>
        OracleCases.OfAuthority("instruction").Select(one => one.Text("name")).Distinct().ShouldBe(Makers.Keys, ignoreOrder: true);

    private static Instruction Vote(Func<Address, ulong, Address, string?, Instruction> vote, JsonElement given) =>
        vote(given.Address("multisig"), given.Number("index"), given.Address("member"), OptionalText(given, "memo"));

    private static Instruction Ending(Func<Address, Address, Address?, Address?, Address, Instruction> end, JsonElement given) => end(
        given.Address("account"),
        given.Address("authority"),
        given.OptionalAddress("program"),
        given.OptionalAddress("programData"),
        given.Address("destination"));

    private static MetadataForm Form(JsonElement given) => new(
        (MetadataEncoding)given.Number("encoding"),
        (MetadataCompression)given.Number("compression"),
        (MetadataFormat)given.Number("format"),
        (MetadataSource)given.Number("dataSource"));

    private static ReadOnlyMemory<byte>? Content(JsonElement given) =>
        OptionalText(given, "data") is { } hex ? (ReadOnlyMemory<byte>?)Convert.FromHexString(hex) : null;

    private static string? OptionalText(JsonElement given, string name) => given.GetProperty(name).GetString();
}
