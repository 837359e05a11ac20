namespace Actions.Core.Idl;

/// <summary>A type as an IDL writes it. <see cref="object.ToString"/> is what a person reads.</summary>
public abstract record IdlType
{
    /// <summary>What is no type of the IDL's own.</summary>
    public static readonly IReadOnlySet<string> Primitives = new HashSet<string>(StringComparer.Ordinal)
    {
        "bool", "u8", "i8", "u16", "i16", "u32", "i32", "f32", "u64", "i64", "f64", "u128", "i128", "u256", "i256", "bytes", "string", "pubkey",
    };

    private IdlType()
    {
    }

    public sealed record Primitive(string Name) : IdlType
    {
        public override string ToString() => Name;
    }

    /// <param name="IsC">Whether its tag has four bytes, and its room is kept when it is empty.</param>
    public sealed record Option(IdlType Item, bool IsC) : IdlType
    {
        public override string ToString() => $"{(IsC ? "coption" : "option")}<{Item}>";
    }

    public sealed record List(IdlType Item) : IdlType
    {
        public override string ToString() => $"vec<{Item}>";
    }

    public sealed record Array(IdlType Item, IdlLength Length) : IdlType
    {
        public override string ToString() => $"[{Item}; {Length}]";
    }

    /// <summary>`hashMap`, `bTreeMap`, `hashSet`, `bTreeSet` or `tuple` of other types.</summary>
    public sealed record Several(string Kind, IReadOnlyList<IdlType> Items) : IdlType
    {
        public override string ToString() => $"{Kind}<{string.Join(", ", Items)}>";
    }

    /// <summary>A type of the IDL's own.</summary>
    public sealed record Defined(string Name, IReadOnlyList<IdlArgument> Arguments) : IdlType
    {
        public override string ToString() => Arguments.Count == 0 ? Name : $"{Name}<{string.Join(", ", Arguments)}>";
    }

    /// <summary>What a type leaves open.</summary>
    public sealed record Generic(string Name) : IdlType
    {
        public override string ToString() => Name;
    }
}

/// <summary>How long an array is, or the name of what says so.</summary>
public sealed record IdlLength(long? Number, string? Generic)
{
    public override string ToString() => Generic ?? $"{Number}";
}

/// <summary>What a generic type is filled with: a type, or a number as text.</summary>
public sealed record IdlArgument(IdlType? Type, string? Value)
{
    public override string ToString() => Type?.ToString() ?? Value ?? "";
}

/// <summary>What a type of the IDL's own is made of.</summary>
public abstract record IdlBody
{
    private IdlBody()
    {
    }

    public sealed record Struct(IReadOnlyList<IdlField> Fields) : IdlBody;

    public sealed record Choice(IReadOnlyList<IdlVariant> Variants) : IdlBody;

    public sealed record Alias(IdlType Type) : IdlBody;
}

/// <param name="Name">Its number where the fields have no names.</param>
public sealed record IdlField(string Name, IdlType Type);

public sealed record IdlVariant(string Name, IReadOnlyList<IdlField> Fields);

/// <summary>A type of the IDL's own.</summary>
/// <param name="Memory">How it lies in memory or on the wire, where that is not Borsh: `serialization` and `repr`.</param>
public sealed record IdlDefinition(string Name, IReadOnlyList<string> Generics, string Memory, IdlBody Body);
