using System.Text;
using System.Text.Json;

namespace Actions.Core.Reports;

/// <summary>The output `results`: every program's outputs in one JSON object.</summary>
public static class ResultsJson
{
    public static string Of(params ReadOnlySpan<(string Program, IEnumerable<KeyValuePair<string, string>> Outputs)> programs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (program, outputs) in programs)
            {
                json.WriteStartObject(program);
                foreach (var (name, value) in outputs)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
