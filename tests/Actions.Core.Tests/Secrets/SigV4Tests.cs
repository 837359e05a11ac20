using System.Text;
using Actions.Core.Secrets;

namespace Actions.Core.Tests.Secrets;

/// <summary>
/// AWS's own numbers: the Signature Version 4 test suite (aws-sig-v4-test-suite, once part of the AWS General Reference), and the worked example of the IAM User
/// Guide. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-examples.html
/// </summary>
public sealed class SigV4Tests
{
    private const string SuiteToken =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly AwsKeys Keys = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);
    private static readonly DateTimeOffset Time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    public static TheoryData<string, string, string, string, string> Suite => new()
    {
        { "GET", "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" }, // get-vanilla
        { "POST", "", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" }, // post-vanilla
        { "POST", "my-header1=VALUE1", "", "host;my-header1;x-amz-date", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d" }, // post-header-value-case
        { "POST", "my-header1=value1", "", "host;my-header1;x-amz-date", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c" }, // post-header-key-sort
        { "POST", "content-type=application/x-www-form-urlencoded", "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" }, // post-x-www-form-urlencoded
        { "POST", $"x-amz-security-token={SuiteToken}", "", "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" }, // post-sts-header-before
    };

    [Theory]
    [MemberData(nameof(Suite))]
    public void Signatures_are_those_of_the_test_suite(string method, string header, string body, string names, string signature)
    {
        var headers = header.Length == 0 ? [] : new[] { header.Split('=', 2) }.Select(pair => KeyValuePair.Create(pair[0], pair[1]));

        var authorization = SigV4.Authorize(new HttpMethod(method), new Uri("https://example.amazonaws.com/"), headers, Encoding.UTF8.GetBytes(body), Keys, "us-east-1", "service", Time);

        authorization.ShouldBe($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}");
    }

    [Fact]
    public void The_signing_key_is_that_of_the_documentation() =>
        Convert.ToHexStringLower(SigV4.SigningKey(Keys.Secret, "20150830/us-east-1/iam/aws4_request")).ShouldBe("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}
