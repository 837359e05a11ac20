using System.Text;
using Actions.Core.Faults;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Secrets;

public sealed class AwsTests : IAsyncLifetime
{
    private static readonly byte[] Secret = [.. Some.Bytes(62, 32), .. Ed25519.PublicKey(Some.Bytes(62, 32)).ToArray()];

    private static readonly string Json = $"[{string.Join(',', Secret)}]";

    private static readonly Address Address = new(Secret.AsSpan(32));

    private readonly TestAws aws = new();

    public Task InitializeAsync() => aws.InitializeAsync();

    public Task DisposeAsync() => aws.DisposeAsync();

    [Fact]
    public async Task A_key_is_read_from_secrets_manager_in_every_shape()
    {
        var arn = await aws.PutAsync("deployer", Json);
        await aws.PutAsync("fields", $$"""{"keypair":"{{Base58.Encode(Secret)}}","as-array":{{Json}}}""");
        await aws.PutBinaryAsync("binary", Encoding.UTF8.GetBytes(Json));
        using var session = Job();

        foreach (var reference in (string[])["deployer", arn, "fields#keypair", "fields#as-array", "binary"])
        {
            var key = await session.KeyAsync($"aws-secretsmanager:{TestAws.Region}/{reference}");

            key.Address.ShouldBe(Address);
            Guid.TryParse(key.Source.Version, out _).ShouldBeTrue();
            (DateTimeOffset.UtcNow - key.Source.CreatedAt!.Value).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        }

        await CleanAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_credentials_will_do(bool isTemporary)
    {
        var address = await aws.NewKeyAsync("deployer");
        var variables = await aws.UserAsync(isTemporary);
        using var session = new Session().With(new Dictionary<string, string>(), variables);

        (await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer")).Address.ShouldBe(address);

        session.World.Masker.Scrub(variables["AWS_SECRET_ACCESS_KEY"]).ShouldBe("***");
        await CleanAsync();
    }

    [Fact]
    public async Task A_kms_key_signs_and_stays_where_it_is()
    {
        var address = await aws.NewKeyAsync("deployer");
        using var session = Job();

        var key = await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer");
        await aws.NewKeyAsync("deployer"); // the alias names another key from now on
        var messages = Enumerable.Range(0, 70).Select(i => (ReadOnlyMemory<byte>)Some.Bytes(i, 100 + i)).ToList();
        var signatures = await key.Key.SignAsync(messages, CancellationToken.None);

        key.Address.ShouldBe(address);
        key.Source.CreatedAt.ShouldNotBeNull();
        messages.Zip(signatures, (message, signature) => Ed25519.Verify(address, message.Span, signature)).ShouldAllBe(isGood => isGood);
        await CleanAsync();
    }

    [Fact]
    public async Task Expired_credentials_are_replaced_while_signing()
    {
        await aws.NewKeyAsync("deployer");
        using var session = Job();
        var key = await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer");
        await aws.ControlAsync("""{"op":"expire"}""");

        await key.Key.SignAsync([.. Enumerable.Range(0, 20).Select(i => (ReadOnlyMemory<byte>)Some.Bytes(i, 50))], CancellationToken.None);

        (await aws.ControlAsync("{}")).GetProperty("assumed").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Throttling_passes()
    {
        await aws.NewKeyAsync("deployer");
        await aws.StandIns.FaultAsync("aws", """{"mode":"throttle-aws"}""");
        using var session = Job();

        (await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer")).ShouldNotBeNull();
    }

    [Fact]
    public async Task How_old_a_key_is_needs_a_permission_that_may_be_missing()
    {
        await aws.NewKeyAsync("deployer");
        using var session = Job(await aws.RoleAsync("narrow", allows: ["kms:GetPublicKey", "kms:Sign"]));

        (await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer")).Source.CreatedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("wrong-signature")]
    [InlineData("swapped-key")]
    public async Task A_signature_that_is_not_this_keys_is_never_used(string mode)
    {
        await aws.NewKeyAsync("deployer");
        await aws.StandIns.FaultAsync("aws", $$"""{"mode":"{{mode}}"}""");
        using var session = Job();
        var key = await session.KeyAsync($"aws-kms:{TestAws.Region}/alias/deployer");

        var fault = (await Should.ThrowAsync<FaultException>(async () => await key.Key.SignAsync([Secret], CancellationToken.None))).Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.SecretInvalid);
    }

    [Fact]
    public async Task A_refusal_names_what_is_missing()
    {
        await aws.NewKeyAsync("deployer");
        await aws.NewKeyAsync("rsa", "RSA_2048");
        await aws.PutAsync("deployer", """{"other":"x"}""");
        using var session = Job();

        (await session.FaultAsync($"aws-kms:{TestAws.Region}/alias/nobody")).Code.ShouldBe(FaultCodes.SecretMissing);
        (await session.FaultAsync($"aws-secretsmanager:{TestAws.Region}/nobody")).Code.ShouldBe(FaultCodes.SecretMissing);
        (await session.FaultAsync($"aws-secretsmanager:{TestAws.Region}/deployer#keypair")).Expected.ShouldContain("'keypair'");
        (await session.FaultAsync($"aws-kms:{TestAws.Region}/alias/rsa")).Found.ShouldContain("RSA_2048");
        using var narrow = Job(await aws.RoleAsync("narrow", allows: ["kms:Sign"]));
        var denied = await narrow.FaultAsync($"aws-kms:{TestAws.Region}/alias/deployer");
        denied.Code.ShouldBe(FaultCodes.SecretDenied);
        denied.Message.ShouldContain("kms:GetPublicKey");
        denied.Message.ShouldContain("role/narrow");
        await CleanAsync();
    }

    [Theory]
    [InlineData("repo:acme/other:environment:production", "sts.amazonaws.com", "Not authorized")]
    [InlineData("repo:acme@1234/perps@5678:environment:production", "another", "audience")]
    public async Task A_role_that_does_not_trust_this_job_says_why(string subject, string audience, string found)
    {
        using var session = Job(await aws.RoleAsync("distant", subject));
        session.World.Input("aws-audience", audience);

        var fault = await session.FaultAsync($"aws-kms:{TestAws.Region}/alias/deployer");

        fault.Code.ShouldBe(FaultCodes.SecretDenied);
        fault.Message.ShouldContain(found);
        fault.Message.ShouldContain("trust policy");
    }

    private Session Job(string? role = null) => new Session().With(new Dictionary<string, string> { ["aws-role-arn"] = role ?? aws.Role }, aws.Variables);

    private async Task CleanAsync() => (await aws.StandIns.NotesAsync()).ShouldBeEmpty();
}
