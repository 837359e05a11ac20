using System.Globalization;
using System.Numerics;

namespace Actions.Core.Smoke;

/// <summary>A number of any service or account: exact where that is possible, because lamports and u128 do not fit into a double.</summary>
public sealed class SmokeNumber
{
    /// <summary>More digits, or a larger exponent, are only compared as doubles: exactness would cost a hostile server's time.</summary>
    private const int MostDigits = 400;

    private readonly string text;
    private readonly double rounded;
    private readonly (BigInteger Digits, int Exponent)? exact;

    private SmokeNumber(string text, double rounded, (BigInteger Digits, int Exponent)? exact) =>
        (this.text, this.rounded, this.exact) = (text, rounded, exact);

    public bool IsNaN => double.IsNaN(rounded);

    public double Rounded => rounded;

    public static SmokeNumber Of(BigInteger value) =>
        new(value.ToString(CultureInfo.InvariantCulture), (double)value, (value, 0));

    public static SmokeNumber Of(double value) =>
        double.IsFinite(value) && Parse(value.ToString("R", CultureInfo.InvariantCulture)) is { } finite
            ? finite
            : new SmokeNumber(value.ToString(CultureInfo.InvariantCulture), value, null);

    /// <summary>A number as JSON writes it; null for any other text.</summary>
    public static SmokeNumber? Parse(ReadOnlySpan<char> text)
    {
        var at = text is ['-', ..] ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
        {
            return null;
        }

        at += whole;
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            fraction = Digits(text, at + 1);
            if (fraction == 0)
            {
                return null;
            }

            at += 1 + fraction;
        }

        var mantissa = text[..at];
        var exponent = 0;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            var digits = Digits(text, at + 1 + sign);
            if (digits == 0)
            {
                return null;
            }

            exponent = int.TryParse(text[(at + 1)..(at + 1 + sign + digits)], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? read : int.MaxValue;
            at += 1 + sign + digits;
        }

        return at == text.Length ? Of(text, mantissa, fraction, exponent) : null;
    }

    /// <summary>Null where one of them is not a number.</summary>
    public int? CompareTo(SmokeNumber other)
    {
        if (IsNaN || other.IsNaN)
        {
            return null;
        }

        if (exact is not { } left || other.exact is not { } right)
        {
            return rounded.CompareTo(other.rounded);
        }

        var exponent = Math.Min(left.Exponent, right.Exponent);
        return (left.Digits * BigInteger.Pow(10, left.Exponent - exponent)).CompareTo(right.Digits * BigInteger.Pow(10, right.Exponent - exponent));
    }

    public override string ToString() => text;

    private static SmokeNumber Of(ReadOnlySpan<char> text, ReadOnlySpan<char> mantissa, int fraction, int exponent)
    {
        var rounded = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var isExact = mantissa.Length <= MostDigits && exponent is >= -MostDigits and <= MostDigits;
        return new SmokeNumber(
            text.Length <= MostDigits ? text.ToString() : rounded.ToString(CultureInfo.InvariantCulture),
            rounded,
            isExact ? (BigInteger.Parse(mantissa.ToString().Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent - fraction) : null);
    }

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        var count = 0;
        while (from + count < text.Length && char.IsAsciiDigit(text[from + count]))
        {
            count++;
        }

        return count;
    }
}
