using System.Text;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Ledger;

/// <summary>Lines no writer of ours wrote: each is a fault that says where, none is an exception, none is believed.</summary>
public sealed class HostileLineTests : IDisposable
{
    private static readonly string Good = Encoding.UTF8.GetString(LedgerLine.Write(Make.Event("A"))).TrimEnd('\n');

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Lines => new()
    {
        { "no JSON", "hello" },
        { "half an event", Good[..^5] },
        { "two events in a line", Good + Good },
        { "an array", "[]" },
        { "null", "null" },
        { "a number", "1" },
        { "an empty object", "{}" },
        { "a zero byte", "\0" },
        { "a zero byte in a string", Good.Replace("\"A\"", "\"A\0\"") },
        { "an escaped zero byte in the id", Good.Replace("\"A\"", "\"A\\u0000\"") },
        { "half a surrogate pair", Good.Replace("\"A\"", "\"\\ud800\"") },
        { "half a surrogate pair in a name", Good.Replace("\"id\"", "\"\\ud800\":1,\"id\"") },
        { "half a surrogate pair in a free text", Good.Replace("{", "{\"reason\":\"\\udfff\",") },
        { "no id", Good.Replace("\"id\"", "\"di\"") },
        { "a null id", Good.Replace("\"A\"", "null") },
        { "an id that is a path", Good.Replace("\"A\"", "\"../../x\"") },
        { "an id of 65 letters", Good.Replace("\"A\"", $"\"{new string('a', 65)}\"") },
        { "an unknown kind", Good.Replace("\"release\"", "\"deploy\"") },
        { "a kind by number", Good.Replace("\"release\"", "0") },
        { "an unknown state", Good.Replace("\"started\"", "\"ready\"") },
        { "two states", Good.Replace("{", "{\"state\":\"succeeded\",") },
        { "a schema of text", Good.Replace("\"schema\":1", "\"schema\":\"1\"") },
        { "no schema", Good.Replace("\"schema\":1,", "") },
        { "schema 0", Good.Replace("\"schema\":1", "\"schema\":0") },
        { "a negative slot", Good.Replace("{", "{\"slot\":-1,") },
        { "a slot beyond 64 bits", Good.Replace("{", "{\"slot\":18446744073709551616,") },
        { "a block time that is no time", Good.Replace("{", "{\"block-time\":\"soon\",") },
        { "a block time with a fraction", Good.Replace("{", "{\"block-time\":1.5,") },
        { "a slot with a fraction", Good.Replace("{", "{\"slot\":1.5,") },
        { "a flag of text", Good.Replace("{", "{\"adopted\":\"true\",") },
        { "a date that is none", Good.Replace("{", "{\"started-at\":\"yesterday\",") },
        { "a date beyond the calendar", Good.Replace("{", "{\"started-at\":\"0001-01-01T00:00:00+14:00\",") },
        { "a buffer that is no address", Good.Replace("{", "{\"buffer\":\"0OIl\",") },
        { "a signature that is an address", Good.Replace("{", $"{{\"signature\":\"{Make.Program}\",") },
        { "a hash that is a command", Good.Replace("{", "{\"executable-hash\":\"$(reboot)\",") },
        { "approvals that are no list", Good.Replace("{", "{\"approvals\":{},") },
        { "keys of the wrong type", Good.Replace("{", "{\"keys\":[1],") },
        { "nesting without end", Good.Replace("{", $"{{\"x\":{new string('[', 50_000)}{new string(']', 50_000)},") },
        { "nesting that never closes", new string('[', 100_000) },
        { "another program", Good.Replace(Make.Program.ToString(), Make.AddressOf(9).ToString()) },
        { "another environment", Good.Replace("\"staging\"", "\"production\"") },
        { "an undone check", Good.Replace("\"release\"", "\"check\"").Replace("\"started\"", "\"undone\"") },
        { "five megabytes", new string('x', 5 * 1024 * 1024) },
        { "five megabytes of an event", Good.Replace("{", $"{{\"reason\":\"{new string('x', 5 * 1024 * 1024)}\",") },
    };

    [Theory]
    [MemberData(nameof(Lines), DisableDiscoveryEnumeration = true)]
    public async Task A_line_that_is_no_event_is_tampering_and_says_where(string what, string line)
    {
        folder.WriteFile(Encoding.UTF8.GetBytes($"{Good}\n{line}\n{Good}\n"));

        var fault = (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync(), what)).Faults.Single();

        fault.Code.ShouldBe(FaultCodes.Tampered, what);
        fault.Expected.ShouldContain($"ledger/staging/{Make.Program}.jsonl line 2", customMessage: what);
        fault.Message.Length.ShouldBeLessThan(600, what);
        fault.Message.Any(char.IsControl).ShouldBeFalse(what);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_tampering()
    {
        folder.WriteFile([.. Encoding.UTF8.GetBytes(Good), (byte)'\n', 0xFF, 0xFE, 0xC0, 0x80, (byte)'\n']);

        (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults.Single().Code.ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task An_event_of_a_newer_version_is_not_tampering_and_is_never_healed_away()
    {
        var newer = Good.Replace("\"schema\":1", "\"schema\":2").Replace("\"release\"", "\"something-new\"");
        folder.WriteFile(Encoding.UTF8.GetBytes($"{Good}\n{newer}"));

        (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults.Single().Code.ShouldBe(FaultCodes.LedgerFailed);
        await folder.AppendAsync("B");

        folder.Lines.Length.ShouldBe(3);
        folder.Lines[1].ShouldBe(newer);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_are_ignored()
    {
        folder.WriteFile(Encoding.UTF8.GetBytes(Good.Replace("{", "{\"x\":{\"y\":[1,null,{\"z\":2}]},\"Slot\":-1,") + "\n"));

        (await folder.ReadIdsAsync()).ShouldBe(["A"]);
    }

    [Fact]
    public async Task Editors_may_leave_a_mark_blank_lines_and_carriage_returns()
    {
        folder.WriteFile([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Good}\r\n\r\n \t\n{Good.Replace("\"A\"", "\"B\"")}\r\n\r\n")]);

        (await folder.ReadIdsAsync()).ShouldBe(["A", "B"]);
    }

    [Theory]
    [InlineData("1795176000")]
    [InlineData("\"2026-11-20T12:00:00Z\"")]
    [InlineData("\"2026-11-20T13:00:00+01:00\"")]
    public void A_block_time_may_be_a_number_or_a_date(string written) =>
        LedgerLine.Read(Encoding.UTF8.GetBytes(Good.Replace("{", $"{{\"block-time\":{written},")), "here").Value.BlockTime
            .ShouldBe(Make.Noon.ToUnixTimeSeconds());

    [Fact]
    public void An_event_without_its_own_time_has_that_of_what_it_tells()
    {
        var line = Good.Replace("\"at\"", "\"started-at\"");

        LedgerLine.Read(Encoding.UTF8.GetBytes(line), "here").Value.At.ShouldBe(Make.Noon);
    }

    [Fact]
    public async Task A_file_of_nothing_but_noise_is_a_bounded_number_of_faults()
    {
        folder.WriteFile(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("noise\n", 10_000))));

        (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults.Count.ShouldBeInRange(1, 20);
    }

    [Fact]
    public async Task A_last_line_longer_than_any_event_is_tampering_and_nothing_is_appended_to_it()
    {
        folder.WriteFile(Encoding.UTF8.GetBytes($"{Good}\n{new string('x', 5 * 1024 * 1024)}"));

        (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults.Single().Code.ShouldBe(FaultCodes.Tampered);
        (await Should.ThrowAsync<FaultException>(folder.AppendAsync("B"))).Faults.Single().Code.ShouldBe(FaultCodes.LedgerFailed);
        new FileInfo(folder.File).Length.ShouldBeGreaterThan(5 * 1024 * 1024);
    }

    [Fact]
    public void Any_change_to_any_bytes_of_a_line_gives_an_event_or_a_fault_and_never_an_exception()
    {
        var line = LedgerLine.Write(Make.Full());
        var edits = Gen.Choose(0, line.Length - 1).Zip(Gen.Choose(0, 255)).NonEmptyListOf();

        Prop.ForAll(edits.ToArbitrary(), changes =>
        {
            var hostile = line.ToArray();
            foreach (var (position, value) in changes)
            {
                hostile[position] = (byte)value;
            }

            var read = LedgerLine.Read(hostile.AsSpan()[..^1], "here");
            return read.IsOk ? LedgerLine.Write(read.Value).Length > 0 : read.Faults.Count == 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
