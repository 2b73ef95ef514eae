;; The two loops that a search of vectors spends its time in. See scoring.ts for what they add up,
;; and in which order. Vectors are 32-bit floats, their lengths padded with zeros to a multiple of 8
;; elements; the query has the same elements as 64-bit floats. All addresses are multiples of 16.
(module
  (import "segment" "memory" (memory 1))

  ;; The scalar products of the query with `count` vectors of `stride` bytes, which stand one behind
  ;; the other from `vectors`. One 64-bit float for each goes to `sums`.
  (func (export "products")
    (param $query i32) (param $vectors i32) (param $stride i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $at i32) (local $four v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $vector
      (local.set $a (v128.const i64x2 0 0))
      (local.set $b (v128.const i64x2 0 0))
      (local.set $c (v128.const i64x2 0 0))
      (local.set $d (v128.const i64x2 0 0))
      (local.set $at (local.get $query))
      (local.set $end (i32.add (local.get $vectors) (local.get $stride)))
      (loop $eight
        (local.set $four (v128.load (local.get $vectors)))
        (local.set $a (f64x2.add (local.get $a) (f64x2.mul
          (v128.load (local.get $at))
          (f64x2.promote_low_f32x4 (local.get $four)))))
        (local.set $b (f64x2.add (local.get $b) (f64x2.mul
          (v128.load offset=16 (local.get $at))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
              (local.get $four) (local.get $four))))))
        (local.set $four (v128.load offset=16 (local.get $vectors)))
        (local.set $c (f64x2.add (local.get $c) (f64x2.mul
          (v128.load offset=32 (local.get $at))
          (f64x2.promote_low_f32x4 (local.get $four)))))
        (local.set $d (f64x2.add (local.get $d) (f64x2.mul
          (v128.load offset=48 (local.get $at))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
              (local.get $four) (local.get $four))))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $eight (i32.lt_u
          (local.tee $vectors (i32.add (local.get $vectors) (i32.const 32)))
          (local.get $end))))
      (local.set $a (f64x2.add
        (f64x2.add (local.get $a) (local.get $b))
        (f64x2.add (local.get $c) (local.get $d))))
      (f64.store (local.get $sums) (f64.add
        (f64x2.extract_lane 0 (local.get $a))
        (f64x2.extract_lane 1 (local.get $a))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (br_if $vector (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  ;; The same with the squares of the differences in place of the products.
  (func (export "squares")
    (param $query i32) (param $vectors i32) (param $stride i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $at i32) (local $four v128) (local $two v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $vector
      (local.set $a (v128.const i64x2 0 0))
      (local.set $b (v128.const i64x2 0 0))
      (local.set $c (v128.const i64x2 0 0))
      (local.set $d (v128.const i64x2 0 0))
      (local.set $at (local.get $query))
      (local.set $end (i32.add (local.get $vectors) (local.get $stride)))
      (loop $eight
        (local.set $four (v128.load (local.get $vectors)))
        (local.set $two (f64x2.sub
          (v128.load (local.get $at))
          (f64x2.promote_low_f32x4 (local.get $four))))
        (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $two) (local.get $two))))
        (local.set $two (f64x2.sub
          (v128.load offset=16 (local.get $at))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
              (local.get $four) (local.get $four)))))
        (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $two) (local.get $two))))
        (local.set $four (v128.load offset=16 (local.get $vectors)))
        (local.set $two (f64x2.sub
          (v128.load offset=32 (local.get $at))
          (f64x2.promote_low_f32x4 (local.get $four))))
        (local.set $c (f64x2.add (local.get $c) (f64x2.mul (local.get $two) (local.get $two))))
        (local.set $two (f64x2.sub
          (v128.load offset=48 (local.get $at))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
              (local.get $four) (local.get $four)))))
        (local.set $d (f64x2.add (local.get $d) (f64x2.mul (local.get $two) (local.get $two))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $eight (i32.lt_u
          (local.tee $vectors (i32.add (local.get $vectors) (i32.const 32)))
          (local.get $end))))
      (local.set $a (f64x2.add
        (f64x2.add (local.get $a) (local.get $b))
        (f64x2.add (local.get $c) (local.get $d))))
      (f64.store (local.get $sums) (f64.add
        (f64x2.extract_lane 0 (local.get $a))
        (f64x2.extract_lane 1 (local.get $a))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (br_if $vector (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
