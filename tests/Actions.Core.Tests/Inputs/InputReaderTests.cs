using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Tests.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Inputs;

public sealed class InputReaderTests
{
    [Fact]
    public void A_name_keeps_its_hyphen()
    {
        using var world = new World().With("INPUT_PROGRAM-ID", "value").With("INPUT_PROGRAM_ID", "another");

        world.Reader().Text("program-id").ShouldBe("value");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\n")]
    public void Empty_is_absent(string value)
    {
        using var world = new World().Input("program", value);
        var reader = world.Reader();

        reader.Text("program").ShouldBeNull();
        reader.Require("program", "the file to deploy").ShouldBeFalse();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("input-missing");
    }

    [Fact]
    public void Space_around_a_value_does_not_count()
    {
        using var world = new World().Input("timeout", " 30s\n");

        world.Reader().Duration("timeout").ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        using var world = new World().Input("timeout", "soon").Input("max-spend", "a lot").Input("dry-run", "yes").Input("cluster", "main")
            .Input("max-rps", "-1").Input("priority-fee", "high").Input("program-id", "xyz").Input("rpc-url", "ftp://x").Input("program", "../x").Input("payer", "?");
        var reader = world.Reader();

        reader.Duration("timeout").ShouldBeNull();
        reader.Sol("max-spend").ShouldBeNull();
        reader.Flag("dry-run").ShouldBeNull();
        reader.Cluster().ShouldBeNull();
        reader.Number("max-rps", least: 1).ShouldBeNull();
        reader.PriorityFee("priority-fee").ShouldBeNull();
        reader.Address("program-id").ShouldBeNull();
        reader.RpcUrls().ShouldBeEmpty();
        reader.File("program", 10).ShouldBeNull();
        reader.Key("payer").ShouldBeNull();
        reader.Require("mode", "what to do").ShouldBeFalse();

        var result = reader.Finish(() => "never made");
        result.IsOk.ShouldBeFalse();
        result.Faults.Select(fault => (fault.Input, fault.Code.Name)).ShouldBe(
        [
            ("timeout", "input-invalid"), ("max-spend", "input-invalid"), ("dry-run", "input-invalid"), ("cluster", "input-unknown-value"),
            ("max-rps", "input-invalid"), ("priority-fee", "input-invalid"), ("program-id", "input-invalid"), ("rpc-url", "input-invalid"),
            ("program", "path-outside"), ("payer", "input-invalid"), ("mode", "input-missing"),
        ]);
    }

    [Fact]
    public void A_warning_does_not_keep_the_value_from_being_made()
    {
        using var world = new World();
        var reader = world.Reader();
        reader.Add(new(FaultCodes.Balance, "a", "b", "c") { Severity = Severity.Warning });

        reader.Finish(() => "made").Value.ShouldBe("made");
    }

    [Fact]
    public void An_explicit_input_wins_over_the_release_file()
    {
        using var world = new World().Input("cluster", "testnet");
        var supplied = new Dictionary<string, string> { ["cluster"] = "devnet", ["program-id"] = "from the file" };
        var reader = new InputReader(world.Environment, world.Masker) { Supplied = supplied };

        reader.Cluster()!.Name.ShouldBe("testnet");
        reader.Text("program-id").ShouldBe("from the file");
    }

    [Fact]
    public void Every_name_asked_for_is_remembered()
    {
        using var world = new World();
        var reader = world.Reader();

        reader.Flag("dry-run");
        reader.Lines("rpc-url");
        reader.Has("payer");

        reader.Names.ShouldBe(["dry-run", "payer", "rpc-url"]);
    }

    [Theory]
    [InlineData("mainnet-beta")]
    [InlineData("testnet")]
    [InlineData("devnet")]
    [InlineData("localnet")]
    public void There_are_four_clusters(string name)
    {
        using var world = new World().Input("cluster", name);

        world.Reader().Cluster()!.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("mainnet")]
    [InlineData("Devnet")]
    [InlineData("https://api.devnet.solana.com")]
    public void Another_cluster_is_an_unknown_value(string name)
    {
        using var world = new World().Input("cluster", name);
        var reader = world.Reader();

        reader.Cluster().ShouldBeNull();
        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("input-unknown-value");
        fault.Message.ShouldContain("mainnet-beta, testnet, devnet, localnet");
    }

    [Fact]
    public void A_choice_is_one_of_its_words()
    {
        using var world = new World().Input("mode", "buffer").Input("reclaim", "all");
        var reader = world.Reader();

        reader.Choice<int>("mode", ("deploy", 1), ("buffer", 2)).ShouldBe(2);
        reader.Choice<int>("reclaim", ("none", 1), ("idle", 2)).ShouldBeNull();
        reader.Choice<int>("absent", ("none", 1)).ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Message.ShouldContain("none, idle");
    }

    [Fact]
    public void A_number_has_bounds()
    {
        using var world = new World().Input("a", "0").Input("b", "11").Input("c", "5");
        var reader = world.Reader();

        reader.Number("a", 1, 10).ShouldBeNull();
        reader.Number("b", 1, 10).ShouldBeNull();
        reader.Number("c", 1, 10).ShouldBe(5ul);
        reader.Faults.Count.ShouldBe(2);
    }

    [Fact]
    public void A_priority_fee_is_automatic_or_a_number()
    {
        using var world = new World().Input("a", "auto").Input("b", "1000").Input("c", "1.5");
        var reader = world.Reader();

        reader.PriorityFee("a").ShouldBe(new PriorityFee.Auto());
        reader.PriorityFee("b").ShouldBe(new PriorityFee.Fixed(1000));
        reader.PriorityFee("c").ShouldBeNull();
    }

    [Fact]
    public void Lists_have_one_value_per_line()
    {
        using var world = new World().Input("only", "registry\r\n\n  perps  \n");

        world.Reader().Lines("only").ShouldBe(["registry", "perps"]);
    }

    [Fact]
    public void Maps_have_one_pair_per_line_and_keep_their_order()
    {
        using var world = new World().Input("map", "b=1\na = x=y \n");

        world.Reader().Map("map").ShouldBe([new("b", "1"), new("a", "x=y")]);
    }

    [Theory]
    [InlineData("a=1\na=2", "input-conflict")]
    [InlineData("secret-without-name", "input-invalid")]
    [InlineData("=secret-without-name", "input-invalid")]
    public void A_pair_needs_a_name_of_its_own(string text, string code)
    {
        using var world = new World().Input("map", text);
        var reader = world.Reader();

        reader.Map("map");

        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe(code);
        fault.Message.ShouldNotContain("secret-without-name");
    }

    [Fact]
    public void A_file_is_read_within_its_bounds()
    {
        using var world = new World().Input("program", "a.so").Input("manifest", "b.json");
        world.Write("a.so", [1, 2]);
        world.Write("b.json", new byte[11]);
        var reader = world.Reader();

        reader.File("program", 10)!.Bytes.ShouldBe([1, 2]);
        reader.File("manifest", 10).ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("file-unreadable");
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u0007b")]
    [InlineData("a\u001b[31mb")]
    public void One_line_has_no_control_characters(string value)
    {
        using var world = new World().Input("name", value);
        var reader = world.Reader();

        reader.Text("name").ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Message.ShouldNotContain('\u001b');
    }

    [Fact]
    public void A_key_pasted_into_any_other_input_is_never_quoted()
    {
        var key = $"[{string.Join(',', Enumerable.Range(100, 64))}]";
        string[] names = ["timeout", "max-spend", "dry-run", "cluster", "max-rps", "priority-fee", "program-id", "rpc-url", "program", "payer", "mode", "map"];
        using var world = new World();
        foreach (var name in names)
        {
            world.Input(name, key);
        }

        var reader = world.Reader();
        reader.Duration("timeout");
        reader.Sol("max-spend");
        reader.Flag("dry-run");
        reader.Cluster();
        reader.Number("max-rps");
        reader.PriorityFee("priority-fee");
        reader.Address("program-id");
        reader.RpcUrls();
        reader.File("program", 10);
        reader.Choice<int>("mode", ("deploy", 1));
        reader.Map("map");

        reader.Faults.Count.ShouldBe(11);
        reader.Faults.ShouldAllBe(fault => !fault.Message.Contains("100,101", StringComparison.Ordinal));
    }

    [Fact]
    public void No_text_of_any_kind_is_more_than_a_fault() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            using var world = new World();
            foreach (var name in new[] { "timeout", "max-spend", "dry-run", "cluster", "n", "fee", "id", "rpc-url", "program", "payer", "map" })
            {
                world.Input(name, text.Get);
            }

            var reader = world.Reader();
            reader.Duration("timeout");
            reader.Sol("max-spend");
            reader.Flag("dry-run");
            reader.Cluster();
            reader.Number("n");
            reader.PriorityFee("fee");
            reader.Address("id");
            reader.RpcUrls();
            reader.File("program", 10);
            reader.Key("payer");
            reader.Map("map");
            return reader.Faults.All(fault => fault.Message.Length < 2000);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_input_of_120_kilobytes_gives_a_short_fault()
    {
        using var world = new World().Input("timeout", new string('é', 60_000)).Input("payer", new string('1', 120_000)).Input("rpc-url", new string('x', 120_000));
        var reader = world.Reader();

        reader.Duration("timeout");
        reader.Key("payer");
        reader.RpcUrls();

        reader.Faults.Count.ShouldBe(3);
        reader.Faults.ShouldAllBe(fault => fault.Message.Length < 1000);
    }
}
