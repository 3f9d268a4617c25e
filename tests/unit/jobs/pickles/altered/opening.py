"""Attributes that open files or folders."""

from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.unit.jobs.pickles.altered.models import ROWS, altered, before_a_classifier, fitted
from tests.unit.jobs.pickles.honest import FRAME, WORDS


def attacks(folder):
    """Each attack by its name."""
    memory = str(folder / "memory")
    pipeline = before_a_classifier(fitted(StandardScaler))
    yield "a pipeline with a memory", altered(pipeline, memory=memory)
    inner = Pipeline([("one", fitted(StandardScaler))], memory=memory)
    yield "an inner pipeline with a memory", before_a_classifier(inner)
    union = FeatureUnion([("one", fitted(StandardScaler))])
    yield "a union with a memory", before_a_classifier(altered(union, memory=memory))
    yield (
        "a template with a memory",
        altered(
            fitted(KMeans, "none", n_clusters=2, n_init=1),
            template=AgglomerativeClustering(memory=memory),
        ),
    )
    clusterer = altered(AgglomerativeClustering().fit(ROWS), memory=memory)
    yield "a clusterer with a memory", before_a_classifier(Pipeline([("one", clusterer)]))
    yield (
        "a memory that is an estimator",
        altered(before_a_classifier(fitted(StandardScaler)), memory=fitted(StandardScaler)),
    )
    for kind in (CountVectorizer, TfidfVectorizer, HashingVectorizer):
        for source in ("filename", "file"):
            vectorizer = kind()
            model = make_pipeline(vectorizer, LogisticRegression()).fit(FRAME["text"], WORDS)
            vectorizer.input = source
            yield f"a {kind.__name__} that reads a {source}", model
