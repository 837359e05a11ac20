using System.Text.Json;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Solana;

public sealed class OracleInstructionTests
{
    private static readonly Dictionary<string, Func<JsonElement, Instruction>> Makers = new()
    {
        ["loader.InitializeBuffer"] = given => LoaderProgram.InitializeBuffer(given.Address("buffer"), given.Address("authority")),
        ["loader.Write"] = given => LoaderProgram.Write(
            given.Address("buffer"), given.Address("authority"), (uint)given.Number("offset"), given.Hex("bytes")),
        ["loader.DeployWithMaxDataLen"] = given => LoaderProgram.DeployWithMaxDataLen(
            given.Address("payer"), given.Address("program"), given.Address("buffer"), given.Address("authority"), given.Number("length")),
        ["loader.Upgrade"] = given => LoaderProgram.Upgrade(
            given.Address("program"), given.Address("buffer"), given.Address("authority"), given.Address("spill")),
        ["loader.SetAuthority"] = given => LoaderProgram.SetAuthority(
            given.Address("account"), given.Address("current"), given.OptionalAddress("next")),
        ["loader.SetAuthorityChecked"] = given => LoaderProgram.SetAuthorityChecked(
            given.Address("account"), given.Address("current"), given.Address("next")),
        ["loader.Close"] = given => LoaderProgram.Close(
            given.Address("account"), given.Address("recipient"), given.Address("authority"), given.OptionalAddress("program")),
        ["loader.ExtendProgram"] = given => LoaderProgram.ExtendProgram(
            given.Address("program"), (uint)given.Number("additional"), given.OptionalAddress("payer")),
        ["system.CreateAccount"] = given => SystemProgram.CreateAccount(
            given.Address("payer"), given.Address("account"), given.Number("lamports"), given.Number("space"), given.Address("owner")),
        ["system.CreateAccountWithSeed"] = given => SystemProgram.CreateAccountWithSeed(
            given.Address("payer"), Seeded(given), given.Number("lamports"), given.Number("space")),
        ["system.Transfer"] = given => SystemProgram.Transfer(given.Address("from"), given.Address("to"), given.Number("lamports")),
        ["system.Allocate"] = given => SystemProgram.Allocate(given.Address("account"), given.Number("space")),
        ["system.AllocateWithSeed"] = given => SystemProgram.AllocateWithSeed(Seeded(given), given.Number("space")),
        ["system.Assign"] = given => SystemProgram.Assign(given.Address("account"), given.Address("owner")),
        ["system.AssignWithSeed"] = given => SystemProgram.AssignWithSeed(Seeded(given)),
        ["budget.SetComputeUnitLimit"] = given => ComputeBudgetProgram.SetComputeUnitLimit((uint)given.Number("units")),
        ["budget.SetComputeUnitPrice"] = given => ComputeBudgetProgram.SetComputeUnitPrice(given.Number("price")),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_instruction_is_byte_for_byte_that_of_the_ecosystems_client(string name) =>
        OracleCases.Of("instruction").Where(one => one.Text("name") == name).ShouldBeMadeBy(Makers[name]);

    [Fact]
    public void Every_instruction_of_the_oracle_has_its_counterpart() =>
        OracleCases.Of("instruction").Select(one => one.Text("name")).Distinct().ShouldBe(Makers.Keys, ignoreOrder: true);

    private static SeededAddress Seeded(JsonElement given) => new(given.Address("base"), given.Text("seed"), given.Address("owner"));
}
