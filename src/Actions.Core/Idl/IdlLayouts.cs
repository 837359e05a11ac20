namespace Actions.Core.Idl;

/// <summary>Compares how values lie in bytes. What a type is called does not matter; what its fields and variants are called does, for only their names tell what bytes mean.</summary>
internal sealed class IdlLayouts(IReadOnlyDictionary<string, IdlDefinition> olds, IReadOnlyDictionary<string, IdlDefinition> news)
{
    /// <summary>More than any program has, and still an end for types that contain themselves ever deeper.</summary>
    private const int MostComparisons = 100_000;
    private const int MostDepth = 64;
    private const string TooComplex = "is made of types that contain each other too deeply to be compared";

    /// <summary>An account's or event's own type; adding a variant to an enum is no difference.</summary>
    public IReadOnlyList<string> Definitions(string old, string now) => Types(new IdlType.Defined(old, []), new IdlType.Defined(now, []), "");

    public IReadOnlyList<string> Types(IdlType old, IdlType now, string what)
    {
        var comparison = new Comparison(olds, news);
        comparison.Types(old, now, what, 0);
        return comparison.Found;
    }

    /// <summary>Arguments: one after the other, as in a struct.</summary>
    public IReadOnlyList<string> Fields(IReadOnlyList<IdlField> old, IReadOnlyList<IdlField> now)
    {
        var comparison = new Comparison(olds, news);
        comparison.Fields(old, now, "", 0);
        return comparison.Found;
    }

    private sealed class Comparison(IReadOnlyDictionary<string, IdlDefinition> olds, IReadOnlyDictionary<string, IdlDefinition> news)
    {
        private readonly HashSet<(string, string)> seen = [];
        private int budget = MostComparisons;

        public List<string> Found { get; } = [];

        public void Types(IdlType old, IdlType now, string at, int depth)
        {
            if (depth > MostDepth || --budget < 0)
            {
                Differ(at, TooComplex);
                return;
            }

            switch (old, now)
            {
                case (IdlType.Defined, _) or (_, IdlType.Defined):
                    Resolved(old, now, at, depth);
                    break;
                case (IdlType.Option was, IdlType.Option becomes) when was.IsC == becomes.IsC:
                    Types(was.Item, becomes.Item, at, depth + 1);
                    break;
                case (IdlType.List was, IdlType.List becomes):
                    Types(was.Item, becomes.Item, at, depth + 1);
                    break;
                case (IdlType.Array was, IdlType.Array becomes) when was.Length == becomes.Length:
                    Types(was.Item, becomes.Item, at, depth + 1);
                    break;
                case (IdlType.Several was, IdlType.Several becomes) when was.Kind == becomes.Kind && was.Items.Count == becomes.Items.Count:
                    foreach (var (left, right) in was.Items.Zip(becomes.Items))
                    {
                        Types(left, right, at, depth + 1);
                    }

                    break;
                case (IdlType.Primitive was, IdlType.Primitive becomes) when was == becomes:
                case (IdlType.Generic left, IdlType.Generic right) when left == right:
                    break;
                default:
                    Differ(at, $"is {now}, before {old}");
                    break;
            }
        }

        public void Fields(IReadOnlyList<IdlField> old, IReadOnlyList<IdlField> now, string at, int depth)
        {
            for (var i = 0; i < Math.Max(old.Count, now.Count); i++)
            {
                var (was, becomes) = (old.ElementAtOrDefault(i), now.ElementAtOrDefault(i));
                if (was is null || becomes is null || AnchorIdl.Plain(was.Name) != AnchorIdl.Plain(becomes.Name))
                {
                    Differ(at, $"{(at.Length == 0 ? "" : "has ")}{becomes?.Name ?? "nothing"} at position {i + 1}, before {was?.Name ?? "nothing"}");
                    return; // all that follows has moved
                }

                Types(was.Type, becomes.Type, Below(at, becomes.Name), depth + 1);
            }
        }

        private void Resolved(IdlType old, IdlType now, string at, int depth)
        {
            if (!IdlGenerics.IsSmall(old) || !IdlGenerics.IsSmall(now))
            {
                Differ(at, TooComplex);
                return;
            }

            if (!seen.Add((old.ToString()!, now.ToString()!)))
            {
                return;
            }

            var (was, becomes) = (Body(old, olds), Body(now, news));
            switch (was.Body, becomes.Body)
            {
                case (IdlBody.Alias left, IdlBody.Alias right):
                    Types(left.Type, right.Type, at, depth + 1);
                    break;
                case (IdlBody.Alias left, _):
                    Types(left.Type, now, at, depth + 1);
                    break;
                case (_, IdlBody.Alias right):
                    Types(old, right.Type, at, depth + 1);
                    break;
                case var _ when was.Memory != becomes.Memory:
                    Differ(at, $"lies in memory as {Memory(becomes.Memory)}, before {Memory(was.Memory)}");
                    break;
                case (IdlBody.Struct left, IdlBody.Struct right):
                    Fields(left.Fields, right.Fields, at, depth);
                    break;
                case (IdlBody.Choice left, IdlBody.Choice right):
                    Variants(left.Variants, right.Variants, at, depth);
                    break;
                default:
                    Differ(at, $"is {now}, before {old}");
                    break;
            }
        }

        private void Variants(IReadOnlyList<IdlVariant> old, IReadOnlyList<IdlVariant> now, string at, int depth)
        {
            for (var i = 0; i < old.Count; i++)
            {
                var becomes = now.ElementAtOrDefault(i);
                if (becomes is null || AnchorIdl.Plain(old[i].Name) != AnchorIdl.Plain(becomes.Name))
                {
                    Differ(at, $"has the variant {becomes?.Name ?? "nothing"} at position {i + 1}, before {old[i].Name}");
                    return;
                }

                Fields(old[i].Fields, becomes.Fields, Below(at, becomes.Name), depth + 1);
            }
        }

        /// <summary>What a type is made of, with its open places filled; nothing for one that is not the IDL's own.</summary>
        private static (IdlBody? Body, string Memory) Body(IdlType type, IReadOnlyDictionary<string, IdlDefinition> types)
        {
            if (type is not IdlType.Defined defined || !types.TryGetValue(defined.Name, out var definition))
            {
                return (null, "");
            }

            var filled = definition.Generics.Zip(defined.Arguments).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            return (filled.Count == 0 ? definition.Body : IdlGenerics.Fill(definition.Body, filled), definition.Memory);
        }

        private void Differ(string at, string how) => Found.Add(at.Length == 0 ? how : $"{at} {how}");

        private static string Below(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";

        private static string Memory(string memory) => memory.Length == 0 ? "Borsh" : memory;
    }
}
