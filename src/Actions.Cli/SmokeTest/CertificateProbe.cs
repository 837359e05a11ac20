using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>How long a server's certificate is still good for.</summary>
internal sealed class CertificateProbe(TimeProvider time)
{
    /// <remarks>A handshake of its own: the connection of the request comes from a pool and hides its certificate.</remarks>
    public async Task LookAsync(Uri server, int days, AssertionCheck check, CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.IdnHost, server.Port, cancellation);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.IdnHost }, cancellation);
            using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
            var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
            if (left < TimeSpan.FromDays(days))
            {
                check.Complain($"a certificate that is good for {days} days", $"one that ends in {left.TotalDays:0.#} days");
            }
        }
        catch (Exception problem) when (problem is AuthenticationException or SocketException or IOException)
        {
            check.Complain("a trusted certificate", ServiceClient.Explain(new IOException(problem.Message))!);
        }
    }
}
