using System.Text.Json;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

/// <summary>Cases that the ecosystem's own JavaScript clients made, see tests/oracle/README.md.</summary>
internal static class OracleCases
{
    private const string Count = "150";

    private static readonly Lazy<ILookup<string, JsonElement>> All = Load("cases.mjs");
    private static readonly Lazy<ILookup<string, JsonElement>> Authority = Load("authority-cases.mjs");

    public static IEnumerable<JsonElement> Of(string kind) => All.Value[kind];

    /// <summary>Cases about Squads, program-metadata and otter-verify.</summary>
    public static IEnumerable<JsonElement> OfAuthority(string kind) => Authority.Value[kind];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.Text(name));

    /// <summary>kit's big integers arrive as text.</summary>
    public static ulong Number(this JsonElement element, string name)
    {
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? ulong.Parse(value.GetString()!) : value.GetUInt64();
    }

    public static Address Address(this JsonElement element, string name) => Core.Solana.Address.Parse(element.Text(name));

    public static Address? OptionalAddress(this JsonElement element, string name) =>
        element.GetProperty(name).ValueKind == JsonValueKind.Null ? null : element.Address(name);

    /// <summary>Accounts as pairs of address and kit's role: 1 = writable, 2 = signer.</summary>
    public static AccountMeta[] Accounts(this JsonElement element) =>
    [
        .. element.GetProperty("accounts").EnumerateArray().Select(account => new AccountMeta(
            Core.Solana.Address.Parse(account[0].GetString()!),
            (account[1].GetInt32() & 2) != 0,
            (account[1].GetInt32() & 1) != 0)),
    ];

    public static Instruction Instruction(this JsonElement element) =>
        new(element.Address("program"), element.Accounts(), element.Hex("data"));

    /// <summary>At least a hundred cases of one instruction, each made from what it was given to the same program, accounts and data.</summary>
    public static void ShouldBeMadeBy(this IEnumerable<JsonElement> instructions, Func<JsonElement, Instruction> make)
    {
        var cases = instructions.ToList();

        cases.Count.ShouldBeGreaterThanOrEqualTo(100);
        foreach (var one in cases)
        {
            var made = make(one.GetProperty("given"));

            var expected = one.Instruction();
            made.Program.ShouldBe(expected.Program);
            made.Accounts.ShouldBe(expected.Accounts, one.ToString());
            made.Data.ToArray().ShouldBe(expected.Data.ToArray(), one.ToString());
        }
    }

    private static Lazy<ILookup<string, JsonElement>> Load(string script) => new(() => NodeScript
        .Run(Repository.At("tests", "oracle"), script, Environment.GetEnvironmentVariable("ORACLE_SEED") ?? "1", Count)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .ToLookup(one => one.Text("kind")));
}
