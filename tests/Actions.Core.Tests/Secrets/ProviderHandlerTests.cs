using System.Diagnostics;
using Actions.Core.Faults;
using Actions.Core.Secrets;

namespace Actions.Core.Tests.Secrets;

/// <summary>What every request to a provider stands, with limits short enough to wait for. Alone: what others allocate meanwhile would be counted, too.</summary>
[Collection(nameof(Alone))]
public sealed class ProviderHandlerTests(StandIns services) : IClassFixture<StandIns>
{
    [Theory]
    [InlineData("""{"mode":"slow-loris"}""", "no whole answer")]
    [InlineData("""{"mode":"huge"}""", "found a longer one")]
    [InlineData("""{"mode":"hang-up"}""", "5 attempts")]
    [InlineData("""{"mode":"redirect","to":"http://169.254.169.254/latest/meta-data"}""", "169.254.169.254")]
    public async Task A_server_that_misbehaves_takes_bounded_time_and_memory(string fault, string found)
    {
        await services.FaultAsync("oidc", fault);
        var watch = Stopwatch.StartNew();
        var memory = GC.GetTotalAllocatedBytes();

        var problem = await Should.ThrowAsync<FaultException>(() => GetAsync(services["oidc-request-url"]));

        problem.Faults.ShouldHaveSingleItem().Message.ShouldContain(found);
        problem.Faults[0].Code.Exit.ShouldBe(ExitCode.Secret);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (GC.GetTotalAllocatedBytes() - memory).ShouldBeLessThan(200_000_000);
    }

    [Theory]
    [InlineData("http://vault.example.com/v1/x")]
    [InlineData("http://10.0.0.1:8200/v1/x")]
    public async Task Plain_http_does_not_leave_the_machine(string url)
    {
        var problem = await Should.ThrowAsync<FaultException>(() => GetAsync(url));

        problem.Faults[0].Expected.ShouldContain("https");
    }

    [Fact]
    public async Task A_cancelled_run_does_not_wait_for_a_provider()
    {
        await services.FaultAsync("oidc", """{"mode":"slow-loris"}""");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(() => GetAsync(services["oidc-request-url"], cancellation.Token));
    }

    private static async Task GetAsync(string url, CancellationToken cancellation = default)
    {
        using var inner = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var handler = new ProviderHandler(inner, TimeProvider.System) { AttemptLimit = TimeSpan.FromSeconds(0.3), Limit = TimeSpan.FromSeconds(15) };
        using var http = new ProviderHttp(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var answer = await http.SendAsync(request, cancellation);
    }
}
