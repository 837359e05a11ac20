using System.Diagnostics;
using Actions.Core.Faults;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Secrets;

/// <summary>A Vault that fails or lies; only the stand-in does that on request.</summary>
public sealed class HostileVaultTests : IAsyncLifetime
{
    private readonly TestVault vault = new();

    public async Task InitializeAsync()
    {
        await vault.InitializeAsync();
        await vault.NewTransitKeyAsync("payer");
        await vault.PutAsync("deployer", "token", "secret-value-1");
    }

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [StandInTheory]
    [InlineData("wrong-signature", "does not fit")]
    [InlineData("ignores-version", "version this run began with")]
    public async Task A_signature_that_is_not_this_keys_is_never_used(string mode, string found)
    {
        using var session = Job();
        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/payer");
        await vault.RotateAsync("payer");
        await vault.FaultAsync($$"""{"mode":"{{mode}}"}""");

        var fault = (await Should.ThrowAsync<FaultException>(async () => await key.Key.SignAsync([Some.Bytes(1, 99)], CancellationToken.None))).Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.SecretInvalid);
        fault.Message.ShouldContain(found);
    }

    [StandInFact]
    public async Task A_public_key_that_is_not_the_signers_is_found_out()
    {
        await vault.FaultAsync("""{"mode":"swapped-key"}""");
        using var session = Job();
        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/payer");

        var fault = (await Should.ThrowAsync<FaultException>(async () => await key.Key.SignAsync([Some.Bytes(1, 99)], CancellationToken.None))).Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.SecretInvalid);
    }

    [StandInFact]
    public async Task An_expired_token_is_replaced_once_and_a_denial_stays_one()
    {
        using var session = Job();
        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/payer");
        await vault.StandIns.ControlAsync("vault", """{"op":"expire"}""");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => await key.Key.SignAsync([Some.Bytes(i, 99)], CancellationToken.None)));

        (await vault.CountsAsync()).GetProperty("logins").GetInt32().ShouldBe(2);
        await vault.FaultAsync("""{"mode":"forbidden","path":"sign"}""");
        var fault = (await Should.ThrowAsync<FaultException>(async () => await key.Key.SignAsync([Some.Bytes(1, 99)], CancellationToken.None))).Faults.ShouldHaveSingleItem();
        fault.Code.ShouldBe(FaultCodes.SecretDenied);
        fault.Message.ShouldContain($"{vault.Transit}/sign/payer");
    }

    [StandInFact]
    public async Task The_token_is_revoked_at_the_end()
    {
        using var session = Job();
        await session.KeyAsync($"vault-transit:{vault.Transit}/payer");

        (await session.EndAsync()).ShouldBeNull();

        var counts = await vault.CountsAsync();
        counts.GetProperty("revoked").GetInt32().ShouldBe(1);
        counts.GetProperty("live").GetInt32().ShouldBe(0);
        (await vault.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [StandInFact]
    public async Task A_token_that_was_given_is_its_owners_to_revoke()
    {
        using var session = new Session().With(new Dictionary<string, string> { ["vault-addr"] = vault.Address }, new Dictionary<string, string> { ["VAULT_TOKEN"] = vault.StandIns["vault-root-token"] });
        (await session.TextAsync($"vault:{vault.Kv2}/deployer#token")).ShouldBe("secret-value-1");

        (await session.EndAsync()).ShouldBeNull();

        (await vault.CountsAsync()).GetProperty("revoked").GetInt32().ShouldBe(0);
        session.World.Masker.Scrub(vault.StandIns["vault-root-token"]).ShouldBe("***");
    }

    [StandInTheory]
    [InlineData("""{"isSealed":true}""", "unsealed")]
    [InlineData("""{"namespace":"team"}""", "namespace")]
    public async Task A_vault_that_is_sealed_or_elsewhere_says_so(string settings, string said)
    {
        await vault.StandIns.ControlAsync("vault", $$"""{"op":"set","settings":{{settings}}}""");
        using var session = Job();

        var fault = await session.FaultAsync($"vault-transit:{vault.Transit}/payer");

        fault.Code.Exit.ShouldBe(ExitCode.Secret);
        fault.Message.ShouldContain(said);
    }

    [StandInFact]
    public async Task A_namespace_is_sent()
    {
        await vault.StandIns.ControlAsync("vault", """{"op":"set","settings":{"namespace":"team"}}""");
        using var session = Job();
        session.World.Input("vault-namespace", "team");

        (await session.TextAsync($"vault:{vault.Kv2}/deployer#token")).ShouldBe("secret-value-1");
    }

    [StandInFact]
    public async Task Where_mounts_may_not_be_looked_up_both_versions_are_tried()
    {
        await vault.PutInVersion1Async("old/deployer", "token", "secret-value-2");
        await vault.StandIns.ControlAsync("vault", """{"op":"set","settings":{"hidesMounts":true}}""");
        using var session = Job();

        (await session.TextAsync($"vault:{vault.Kv1}/old/deployer#token")).ShouldBe("secret-value-2");
        (await session.FaultAsync($"vault:{vault.Kv1}/none#token")).Code.ShouldBe(FaultCodes.SecretMissing);
    }

    [StandInTheory]
    [InlineData("""{"mode":"redirect","to":"https://evil.example/steal"}""", "evil.example")]
    [InlineData("""{"mode":"huge"}""", "found a longer one")]
    [InlineData("""{"mode":"garbage"}""", "not shown")]
    public async Task An_answer_that_leads_elsewhere_or_has_no_end_is_refused(string fault, string found)
    {
        var watch = Stopwatch.StartNew();
        await vault.FaultAsync(fault);
        using var session = Job();

        var refused = await session.FaultAsync($"vault-transit:{vault.Transit}/payer");

        refused.Code.Exit.ShouldBe(ExitCode.Secret);
        refused.Message.ShouldContain(found);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [StandInTheory]
    [InlineData("error")]
    [InlineData("throttle")]
    [InlineData("hang-up")]
    public async Task What_passes_is_tried_again(string mode)
    {
        await vault.FaultAsync($$"""{"mode":"{{mode}}","times":2}""");
        using var session = Job();

        (await session.TextAsync($"vault:{vault.Kv2}/deployer#token")).ShouldBe("secret-value-1");
    }

    private Session Job() => new Session().With(vault.Inputs(), vault.StandIns.OidcVariables);
}
