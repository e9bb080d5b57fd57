-- A page of somebody's deployments, newest first, is a part of one index.
CREATE INDEX deployment_list ON deployment (owner_id, id, status) WHERE status <> 'DESTROYED';
