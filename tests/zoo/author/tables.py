"""The rows that models are fitted on and asked about. They are the same for every version of NumPy.

A table's columns are features in the types that an author has them in, and targets of each kind.
"""

import numpy as np
import pandas as pd

TRAINING_ROWS = 300
ASKED_ROWS = 3000
_SPECIES = np.array(["setosa", "versicolor", "virginica"], dtype=object)
_PORTS = np.array(["Cherbourg", "Queenstown", "Southampton"], dtype=object)
_WORDS = [
    "good",
    "bad",
    "slow",
    "fast",
    "friendly",
    "rude",
    "clean",
    "dirty",
    "cheap",
    "dear",
    "warm",
    "cold",
]

# BigQuery allows none of these names.
FLOWER_FEATURES = ["sepal length (cm)", "od280/od315", "petal.width", "alcohol %"]


def training(table):
    """The rows of a table that models are fitted on."""
    return table.iloc[:TRAINING_ROWS]


def asked(table):
    """The rows of a table that models are asked about."""
    return table.iloc[TRAINING_ROWS:].reset_index(drop=True)


def flowers():
    """Four numbers without a gap, and a target of each type."""
    random = np.random.RandomState(1)
    rows = TRAINING_ROWS + ASKED_ROWS
    numbers = random.normal(size=(rows, 4)) * [1.0, 3.0, 0.1, 20.0] + [5.0, 0.0, 1.0, 300.0]
    frame = pd.DataFrame(numbers, columns=FLOWER_FEATURES)
    score = (numbers - [5.0, 0.0, 1.0, 300.0]) @ [1.0, -0.4, 8.0, 0.03]
    score += random.normal(scale=0.5, size=rows)
    grade = np.digitize(score, [-0.7, 0.7])
    frame["species"] = _SPECIES[grade]
    frame["grade"] = grade
    frame["rare"] = score > 0.5
    frame["tall"] = (score > 0).astype(int)
    frame["size"] = grade + 1.0
    frame["kind"] = np.where(score > 0, "b", "a").astype(object)
    frame["weight"] = score * 10 + numbers[:, 0]
    frame["height"] = score - numbers[:, 1]
    return frame


def gappy_flowers():
    """The flowers with gaps in three of four columns."""
    random = np.random.RandomState(2)
    frame = flowers()
    for name in FLOWER_FEATURES[1:]:
        frame.loc[random.uniform(size=len(frame)) < 0.1, name] = np.nan
    return frame


def passengers():
    """Numbers, integers, texts, truth values and dates, some with gaps."""
    random = np.random.RandomState(3)
    rows = TRAINING_ROWS + ASKED_ROWS
    frame = pd.DataFrame(
        {
            "Age": random.uniform(1, 80, rows).round(1),
            "Fare": random.gamma(2.0, 15.0, rows),
            "SibSp": random.poisson(0.6, rows),
            "Visits": random.poisson(3, rows).astype(float),
            "Sex": np.where(random.uniform(size=rows) < 0.4, "female", "male").astype(object),
            "Embarked": _PORTS[random.choice(3, rows, p=[0.2, 0.1, 0.7])],
            "Alone": random.uniform(size=rows) < 0.5,
            "Boarded": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(random.randint(0, 360, rows), unit="D"),
        }
    )
    score = (frame["Sex"] == "female") * 2.0 - frame["Age"] / 40 + frame["Fare"] / 60
    score += (frame["Embarked"] == "Cherbourg") * 0.5 - frame["SibSp"] * 0.2 + frame["Visits"] / 9
    score = score.to_numpy() + random.normal(scale=0.5, size=rows)
    frame["Survived"] = (score > np.median(score)).astype(int)
    frame["Alive"] = score > np.median(score)
    frame["Deck"] = np.array(list("CAB"), dtype=object)[np.digitize(score, [0.5, 1.5])]
    frame["Price"] = score * 7
    for name, share in (("Age", 0.2), ("Visits", 0.1), ("Embarked", 0.05)):
        gaps = random.uniform(size=rows) < share
        frame[name] = frame[name].where(~gaps, np.nan)
    return frame


def passengers_of_bigquery():
    """The passengers as BigQuery's client gave them before pandas 3: a missing text is None."""
    frame = passengers()
    texts = frame["Embarked"].to_numpy(dtype=object, copy=True)
    texts[frame["Embarked"].isna().to_numpy()] = None
    return frame.assign(Embarked=pd.Series(texts, dtype=object))


def passengers_in_categories():
    """The passengers with columns of the dtype category, whose values are in no natural order."""
    frame = passengers()
    categories = {
        "Sex": ["male", "female"],
        "Embarked": ["Southampton", "Cherbourg", "Queenstown"],
        "SibSp": sorted(frame["SibSp"].unique().tolist(), reverse=True),
    }
    return frame.astype({name: pd.CategoricalDtype(each) for name, each in categories.items()})


def reviews():
    """Texts with a target, and a number beside them."""
    random = np.random.RandomState(4)
    rows = TRAINING_ROWS + ASKED_ROWS
    chosen = random.randint(0, len(_WORDS), (rows, 8))
    texts = [" ".join(_WORDS[number] for number in numbers) for numbers in chosen]
    liking = (chosen % 2 == 0).sum(axis=1) + random.normal(scale=0.8, size=rows)
    return pd.DataFrame(
        {
            "text": np.array(texts, dtype=object),
            "stars": random.randint(1, 6, rows),
            "mood": np.where(liking > 4, "happy", "sad").astype(object),
            "liked": liking > 4,
            "liking": liking,
        }
    )
