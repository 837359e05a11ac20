using System.Globalization;
using System.Xml;

namespace Actions.Core.Smoke;

/// <summary>Reads JUnit XML, in the dialects that test runners write.</summary>
public static class JunitResult
{
    private const int MostDepth = 64;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, // no entities, so that none can grow
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = ImportedResult.LongestFile,
    };

    /// <summary>Null when it is no JUnit XML.</summary>
    public static ImportedResult? Read(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file, writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName is "testsuites" or "testsuite" ? Read(reader) : null;
        }
        catch (Exception problem) when (problem is XmlException or ArgumentException)
        {
            return null;
        }
    }

    private static ImportedResult? Read(XmlReader reader)
    {
        var (tests, declared) = (0, 0);
        var failures = new List<string>();
        string? test = null;
        var (failed, skipped) = (false, false);
        void End()
        {
            if (failed)
            {
                failures.Add(test!);
            }

            tests += skipped && !failed ? 0 : 1;
            test = null;
        }

        do
        {
            switch (reader.NodeType, reader.LocalName)
            {
                case (XmlNodeType.Element, _) when reader.Depth > MostDepth:
                    return null;
                case (XmlNodeType.Element, "testsuite" or "testsuites"):
                    declared = Math.Max(declared, Count(reader, "failures") + Count(reader, "errors"));
                    break;
                case (XmlNodeType.Element, "testcase"):
                    (test, failed, skipped) = ($"{reader.GetAttribute("classname")} {reader.GetAttribute("name")}".Trim(), false, reader.GetAttribute("status") is "skipped" or "disabled");
                    if (reader.IsEmptyElement)
                    {
                        End();
                    }

                    break;
                case (XmlNodeType.Element, "failure" or "error") when test is null:
                    failures.Add("a suite");
                    break;
                case (XmlNodeType.Element, "failure" or "error"):
                    failed = true;
                    break;
                case (XmlNodeType.Element, "skipped"):
                    skipped = true;
                    break;
                case (XmlNodeType.EndElement, "testcase"):
                    End();
                    break;
            }
        }
        while (reader.Read());

        // A suite can say that it failed only in its attributes.
        return new ImportedResult(tests, declared > 0 && failures.Count == 0 ? ["a suite"] : failures);
    }

    private static int Count(XmlReader reader, string attribute) =>
        int.TryParse(reader.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
