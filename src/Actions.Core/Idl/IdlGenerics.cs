using System.Globalization;

namespace Actions.Core.Idl;

/// <summary>Fills the open places of a type.</summary>
internal static class IdlGenerics
{
    private const int MostParts = 1_000;

    /// <summary>Whether a type can be written down: one that fills itself with itself twice grows without end.</summary>
    public static bool IsSmall(IdlType type)
    {
        var budget = MostParts;
        return Count(type, ref budget);
    }

    public static IdlBody Fill(IdlBody body, IReadOnlyDictionary<string, IdlArgument> filled) => body switch
    {
        IdlBody.Struct type => new IdlBody.Struct(Fill(type.Fields, filled)),
        IdlBody.Choice type => new IdlBody.Choice([.. type.Variants.Select(variant => variant with { Fields = Fill(variant.Fields, filled) })]),
        IdlBody.Alias type => new IdlBody.Alias(Fill(type.Type, filled)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool Count(IdlType type, ref int budget)
    {
        if (--budget < 0)
        {
            return false;
        }

        switch (type)
        {
            case IdlType.Option option:
                return Count(option.Item, ref budget);
            case IdlType.List list:
                return Count(list.Item, ref budget);
            case IdlType.Array array:
                return Count(array.Item, ref budget);
            case IdlType.Several collection:
                return CountAll(collection.Items, ref budget);
            case IdlType.Defined defined:
                return CountAll(defined.Arguments.Select(argument => argument.Type).OfType<IdlType>(), ref budget);
            default:
                return true;
        }
    }

    private static bool CountAll(IEnumerable<IdlType> types, ref int budget)
    {
        foreach (var type in types)
        {
            if (!Count(type, ref budget))
            {
                return false;
            }
        }

        return true;
    }

    private static IdlField[] Fill(IReadOnlyList<IdlField> fields, IReadOnlyDictionary<string, IdlArgument> filled) =>
        [.. fields.Select(field => field with { Type = Fill(field.Type, filled) })];

    private static IdlType Fill(IdlType type, IReadOnlyDictionary<string, IdlArgument> filled) => type switch
    {
        IdlType.Generic generic => filled.TryGetValue(generic.Name, out var argument) && argument.Type is { } given ? given : generic,
        IdlType.Option option => option with { Item = Fill(option.Item, filled) },
        IdlType.List list => new IdlType.List(Fill(list.Item, filled)),
        IdlType.Several collection => new IdlType.Several(collection.Kind, [.. collection.Items.Select(item => Fill(item, filled))]),
        IdlType.Array array => new IdlType.Array(Fill(array.Item, filled), Fill(array.Length, filled)),
        IdlType.Defined defined => new IdlType.Defined(defined.Name, [.. defined.Arguments.Select(argument => Fill(argument, filled))]),
        _ => type,
    };

    private static IdlArgument Fill(IdlArgument argument, IReadOnlyDictionary<string, IdlArgument> filled) =>
        argument.Type is { } type ? new IdlArgument(Fill(type, filled), null)
        : argument.Value is { } name && filled.TryGetValue(name, out var given) ? given
        : argument;

    private static IdlLength Fill(IdlLength length, IReadOnlyDictionary<string, IdlArgument> filled) =>
        length.Generic is { } name && filled.TryGetValue(name, out var given)
            ? long.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new IdlLength(number, null) : new IdlLength(null, given.Value)
            : length;
}
