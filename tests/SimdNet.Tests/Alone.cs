using Xunit;

namespace SimdNet.Tests;

/// <summary>For tests that set or measure what belongs to the whole process: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
