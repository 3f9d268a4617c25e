import pytest

from gateway.console.drift import feature_charts

AGE = {"missing": 0, "min": 1, "max": 80, "edges": [16.0, 30.0], "counts": [10, 30, 60]}
SEX = {"missing": 5, "values": {"male": 60, "female": 35}, "other": 0}
BASELINE = {
    "rows": 200,
    "features": {
        "Age": {"missing": 0, "edges": [16.0, 30.0], "counts": [60, 60, 80]},
        "Sex": {"missing": 10, "values": {"male": 120, "female": 70}, "other": 0},
    },
}


def outcome(drift=None):
    return {
        "input_profile": {"rows": 100, "looked_at": 100, "features": {"Sex": SEX, "Age": AGE}},
        "drift": drift,
    }


DRIFT = {"threshold": 0.25, "drifted": ["Age"], "features": {"Age": 0.41, "Sex": 0.003}}


def test_the_largest_drift_comes_first_and_every_bar_has_its_baseline():
    age, sex = feature_charts(outcome(DRIFT), {"baseline": BASELINE})
    assert (age.name, age.verdict, age.psi) == ("Age", "Drifted", 0.41)
    assert (sex.name, sex.verdict) == ("Sex", "As in training")
    assert [bar.label for bar in age.bars] == ["up to 16", "16 to 30", "above 30"]
    assert age.bars[2].description == "60.0%, in training 40.0%"
    assert [bar.label for bar in sex.bars] == ["male", "female", "missing"]
    heights = [bar.height for bar in age.bars]
    assert heights[2] == pytest.approx(heights[0] * 6, rel=0.01)
    assert age.bars[0].baseline_height == pytest.approx(heights[1], rel=0.01)
    assert min(bar.x for bar in age.bars) >= 0
    assert max(bar.x + bar.width for bar in age.bars) <= 240


def test_a_bin_that_is_empty_on_one_side_is_drawn_for_both():
    run = outcome(DRIFT)
    run["input_profile"]["features"]["Sex"] = {"missing": 0, "values": SEX["values"], "other": 5}
    sex = next(each for each in feature_charts(run, {"baseline": BASELINE}) if each.name == "Sex")
    assert [bar.label for bar in sex.bars] == ["male", "female", "others", "missing"]
    assert (sex.bars[2].baseline_height, sex.bars[3].height) == (0, 0)
    assert sex.psi == 0.003


def test_without_a_baseline_only_the_run_is_drawn():
    for metadata in (None, {}, {"baseline": None}, {"baseline": {"features": [1]}}):
        charts = feature_charts(outcome(), metadata)
        assert {each.verdict for each in charts} == {"No baseline"}
        assert all(bar.baseline_height is None for each in charts for bar in each.bars)


def test_a_large_index_of_few_rows_is_not_called_drift():
    drift = {"drifted": [], "features": {"Age": 0.3, "Sex": 0.15}}
    verdicts = {
        each.name: each.verdict for each in feature_charts(outcome(drift), {"baseline": BASELINE})
    }
    assert verdicts == {"Age": "Too few rows to tell", "Sex": "Shifted"}


@pytest.mark.parametrize(
    "profile",
    [
        None,
        "x",
        {},
        {"edges": [1]},
        {"edges": 1, "counts": 2},
        {"values": {"a": "b"}},
        {"values": 3},
    ],
)
def test_what_is_no_profile_has_no_chart(profile):
    assert feature_charts({"input_profile": {"features": {"Age": profile}}}, None) == []
    metadata = {"baseline": {"features": {"Age": profile, "Sex": profile}}}
    assert {each.verdict for each in feature_charts(outcome(DRIFT), metadata)} == {"No baseline"}


def test_a_run_without_a_profile_has_no_feature_charts():
    assert feature_charts({}, {"baseline": BASELINE}) == []
    assert feature_charts({"input_profile": None, "drift": None}, None) == []
