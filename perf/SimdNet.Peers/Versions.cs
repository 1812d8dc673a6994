using System.Reflection;

namespace SimdNet.Peers;

/// <summary>What is timed here, by version.</summary>
internal static class Versions
{
    /// <summary>The version of the package that a type comes from, such as <c>10.0.15</c>.</summary>
    public static string Of(Type type)
    {
        string? version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version?.Split('+')[0] ?? $"{type.Assembly.GetName().Version}";
    }
}
