from jobs.models.estimator_names import short_name


def test_a_class_is_read_without_its_module():
    assert short_name("sklearn.svm._classes.SVC") == "SVC"
    assert short_name("SVC") == "SVC"
