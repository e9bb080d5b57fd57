-- One index for each queue, and one for the claims that were renewed: the next row
-- of each is the first entry of an index.
DROP INDEX deployment_due;
CREATE INDEX deployment_unsettled ON deployment (reconcile_at) WHERE status IN ('PROVISIONING', 'CONFIGURING', 'DESTROYING');
CREATE INDEX deployment_settled ON deployment (reconcile_at) WHERE status IN ('ACTIVE', 'ERROR');
CREATE INDEX deployment_held ON deployment (lease_until) WHERE lease_until > reconcile_at;
