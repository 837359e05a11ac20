using System.Text;
using System.Text.Json.Nodes;
using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class LedgerEventJsonTests
{
    [Fact]
    public void The_line_has_the_contracts_names_in_its_order_and_only_what_is_known() =>
        Encoding.UTF8.GetString(LedgerLine.Write(Make.Event("A") with { Sha256 = Make.Hash('a'), RunUrl = "https://github.com/a/b" })).ShouldBe(
            $$"""{"schema":1,"id":"A","kind":"release","state":"started","environment":"staging","program-id":"{{Make.Program}}","at":"2026-11-20T12:00:00.000Z","sha256":"{{Make.Hash('a')}}","run-url":"https://github.com/a/b"}""" + "\n");

    [Fact]
    public void The_contracts_fields_are_all_there()
    {
        const string Contract = """
            schema, id, kind, state, environment, cluster, genesis-hash, program-id, name, version, variant, sha256, executable-hash, from,
            restores, undone-by, adopted, unchanged, same-bytes, buffer, signature, slot, block-time, upgrade-authority, approvals, keys, actor, run-url, started-at,
            finished-at, transactions, fee-lamports, reason, release-id, refers-to, check, passed, failed, skipped, findings, spec-sha256, rto-seconds
            """;
        string[] ours = ["at", "host", "pid", "process-start", "timeout-seconds", "multisig", "vault", "transaction-index", "until"];

        var written = JsonNode.Parse(LedgerLine.Write(Make.Full()))!.AsObject().Select(field => field.Key);

        written.Order().ShouldBe(Contract.Split([',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries).Concat(ours).Order());
    }

    [Fact]
    public void The_parts_of_a_record_have_the_contracts_names()
    {
        var full = JsonNode.Parse(LedgerLine.Write(Make.Full()))!;

        full["approvals"]![0]!.AsObject().Select(field => field.Key).ShouldBe(["environment", "user", "user-id", "comment"]);
        full["keys"]![0]!.AsObject().Select(field => field.Key).ShouldBe(["role", "address", "provider", "version", "created-at"]);
    }

    [Fact]
    public void Whatever_a_text_holds_the_event_is_one_line_of_ascii()
    {
        var line = LedgerLine.Write(Make.Full());

        line.Count(letter => letter == '\n').ShouldBe(1);
        line[..^1].ShouldAllBe(letter => letter >= 0x20 && letter < 0x7F);
        LedgerLine.Read(line.AsSpan()[..^1], "here").Value.Approvals![0].Comment.ShouldBe(Make.Full().Approvals![0].Comment);
    }

    [Fact]
    public void An_event_of_no_time_or_no_id_is_a_bug()
    {
        Should.Throw<ArgumentException>(() => LedgerLine.Write(Make.Event("A") with { At = default }));
        Should.Throw<ArgumentException>(() => LedgerLine.Write(Make.Event("")));
        Should.Throw<ArgumentException>(() => LedgerLine.Write(Make.Event("A") with { Sha256 = "ABC" }));
    }
}
