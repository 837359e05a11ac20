using System.Globalization;
using System.Text;
using System.Xml;

namespace Actions.Core.Notify;

/// <summary>How many lines tests ran, of how many; read from Cobertura XML or an LCOV tracefile.</summary>
public readonly record struct CoverageResult(long Covered, long Lines)
{
    public const int LongestFile = 32 * 1024 * 1024;

    /// <summary>From 0 to 100; without lines everything was covered.</summary>
    public double Percent => Lines == 0 ? 100 : 100.0 * Covered / Lines;

    public static CoverageResult operator +(CoverageResult one, CoverageResult other) => Add(one, other);

    public static CoverageResult Add(CoverageResult left, CoverageResult right) => new(left.Covered + right.Covered, left.Lines + right.Lines);

    /// <summary>Null when it is neither.</summary>
    public static CoverageResult? Read(byte[] file)
    {
        var start = file.AsSpan(file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0).TrimStart(" \t\r\n"u8);
        return start.StartsWith("<"u8) ? Cobertura(file) : Lcov(Encoding.UTF8.GetString(file));
    }

    private static CoverageResult? Cobertura(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file, writable: false);
            // Cobertura's files name a DTD; it is neither fetched nor read.
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, MaxCharactersInDocument = LongestFile });
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "coverage"
                && Whole(reader.GetAttribute("lines-covered")) is { } covered && Whole(reader.GetAttribute("lines-valid")) is { } lines && covered <= lines
                    ? new CoverageResult(covered, lines) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>LF: is a file's lines, LH: those that ran.</summary>
    private static CoverageResult? Lcov(string text)
    {
        var (covered, lines, isOne) = (0L, 0L, false);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            isOne |= line.SequenceEqual("end_of_record");
            if (line.StartsWith("LF:") || line.StartsWith("LH:"))
            {
                if (Whole(line[3..].ToString()) is not { } count)
                {
                    return null;
                }

                (covered, lines) = line[1] == 'H' ? (covered + count, lines) : (covered, lines + count);
            }
        }

        return isOne && covered <= lines ? new CoverageResult(covered, lines) : null;
    }

    private static long? Whole(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
