using System.Globalization;
using System.Text;
using System.Xml;

namespace Actions.Core.Smoke;

/// <summary>The verdict as JUnit XML, which every CI product can show.</summary>
public static class JunitReport
{
    /// <param name="verdict">What to say.</param>
    /// <param name="suite">What the tests are about.</param>
    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static byte[] Write(SmokeVerdict verdict, string suite, Func<string, string> safe)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false), CheckCharacters = false }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(safe(suite)));
            xml.WriteAttributeString("tests", Number(verdict.Checks.Count));
            xml.WriteAttributeString("failures", Number(verdict.Count(SmokeResult.Failed)));
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("skipped", Number(verdict.Count(SmokeResult.Skipped)));
            xml.WriteAttributeString("time", Seconds(verdict.Checks.Sum(check => check.Latency?.P50.TotalSeconds ?? 0)));
            foreach (var check in verdict.Checks)
            {
                Write(xml, check, suite, text => Clean(safe(text)));
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static void Write(XmlWriter xml, CheckVerdict check, string suite, Func<string, string> safe)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", safe(suite));
        xml.WriteAttributeString("name", safe(check.Check.Name));
        xml.WriteAttributeString("time", Seconds(check.Latency?.P50.TotalSeconds ?? 0));
        if (check.Result != SmokeResult.Passed)
        {
            xml.WriteStartElement(check.Result == SmokeResult.Failed ? "failure" : "skipped");
            xml.WriteAttributeString("message", safe(check.Why ?? ""));
            if (check.Result == SmokeResult.Failed)
            {
                xml.WriteAttributeString("type", "smoke-failed");
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Control characters are gone by now; what is left that XML cannot hold are two code points; lone surrogates become U+FFFD.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value is not (0xFFFE or 0xFFFF)));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
