-- One row a model version: the newest generation of model.pkl that was born and is not gone.
-- The rule is a union of facts, so duplicates, reordering and replays of events cannot change it.
-- Of a fact that was recorded more than once the last record speaks: it is the last inspection.
WITH facts AS (
  SELECT *, MIN(recorded_at) OVER (PARTITION BY event_id) AS first_recorded_at
  FROM `${project_id}.${dataset}.model_registry_events`
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY recorded_at DESC) = 1
),
generations AS (
  SELECT
    bucket,
    name,
    generation,
    MAX(metageneration) AS metageneration,
    MIN(first_recorded_at) AS registered_at,
    LOGICAL_OR(event_type IN ('finalized', 'seen')) AS born,
    LOGICAL_OR(event_type IN ('archived', 'deleted', 'gone')) AS gone
  FROM facts
  WHERE model_name IS NOT NULL AND alias IS NULL
  GROUP BY bucket, name, generation
),
live AS (
  SELECT *
  FROM generations
  WHERE born AND NOT gone
  QUALIFY ROW_NUMBER() OVER (PARTITION BY bucket, name ORDER BY generation DESC) = 1
),
inspections AS (
  SELECT *
  FROM facts
  WHERE event_type IN ('finalized', 'seen', 'inspected')
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY bucket, name, generation ORDER BY recorded_at DESC, event_id) = 1
),
objects AS (
  SELECT inspections.* EXCEPT (metageneration, first_recorded_at), live.metageneration, live.registered_at
  FROM live
  JOIN inspections USING (bucket, name, generation)
),
aliases AS (
  SELECT model_name, model_version, ARRAY_AGG(alias ORDER BY alias) AS aliases
  FROM (
    SELECT model_name, model_version, alias, event_type
    FROM facts
    WHERE alias IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY model_name, alias ORDER BY event_time DESC, event_id DESC) = 1
  ) AS last_moves
  WHERE event_type = 'aliased'
  GROUP BY model_name, model_version
)
SELECT
  model.model_name,
  model.model_version,
  model.environment,
  model.bucket AS gcs_bucket,
  model.file_size_bytes,
  model.upload_timestamp,
  model.uploader,
  model.registered_at,
  notes.metadata,
  model.generation,
  model.metageneration,
  model.sha256,
  model.crc32c,
  model.status,
  ARRAY_CONCAT(IFNULL(model.findings, []), IFNULL(notes.findings, [])) AS findings,
  model.estimator,
  model.sklearn_version,
  model.signature,
  IFNULL(aliases.aliases, []) AS aliases,
  model.promoted_from,
  model.runtime
FROM objects AS model
LEFT JOIN objects AS notes
  ON notes.bucket = model.bucket
  AND notes.name = CONCAT(model.model_name, '/', model.model_version, '/metadata.json')
LEFT JOIN aliases
  ON aliases.model_name = model.model_name AND aliases.model_version = model.model_version
WHERE ENDS_WITH(model.name, '/model.pkl')
