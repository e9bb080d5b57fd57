-- Old and new programs work side by side while replicas are replaced one by one. What a
-- migration adds is of no harm to the version before. One that takes away or changes what
-- that version uses names itself here: programs that do not know it must not go on.
INSERT INTO setting (name, value) VALUES ('schema.floor', '0019_floor');
