-- One key for search and case-blind sort: lower case, ё = е, and every Cyrillic letter replaced by the Latin key of
-- the same place on the keyboard, so that the wrong layout finds too (crm_server/kit/search.py does the same).
-- No locale is asked, so that it is immutable and works in any database.
CREATE FUNCTION search_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(translate(value,
    'йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ',
    'qwertyuiop[]asdfghjkl;''zxcvbnm,.tqwertyuiop[]asdfghjkl;''zxcvbnm,.t')) $$;

-- Sorting by Russian rules without a locale: ё beside е, case does not matter.
CREATE FUNCTION sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(translate(value,
    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁ«»"', 'абвгдежзийклмнопрстуфхцчшщъыьэюяее')) $$;
